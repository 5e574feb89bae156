package connector

import (
	"context"
	"fmt"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/permission"
	"github.com/deskgate/deskgate/pluginsdk"
)

var _ pluginsdk.PermissionProber = (*Instance)(nil)

// ProbePermissions tells per operation what the API member's security role
// allows.
func (i *Instance) ProbePermissions(ctx context.Context) ([]pluginsdk.OperationPermission, error) {
	role, err := permission.Read(ctx, i.account.API)
	if err != nil {
		return nil, err
	}
	return permission.Judge(role, i.permissionOptions()), nil
}

func (i *Instance) permissionOptions() permission.Options {
	return permission.Options{
		Projects: i.account.Config.IncludeProjectTickets,
		ByTime:   i.account.Config.MailBy() == pluginsdk.MailByTimeEntry,
	}
}

// rights tells whether the security role is known, and what it lacks of what
// operations can need.
func (r *report) rights(ctx context.Context, i *Instance) {
	const step = "rights"
	role, err := permission.Read(ctx, i.account.API)
	switch missing := permission.Missing(role, i.permissionOptions()); {
	case err != nil:
		message, advice := explain(err)
		r.add(step, pluginsdk.Unknown, message, advice)
	case role.Closed != "":
		r.add(step, pluginsdk.Unknown, role.Closed+": what it may write shows only when it is tried",
			"give its security role "+permission.Advice(permission.SecurityRoles)+", if operations should be known beforehand")
	case len(missing) > 0:
		r.add(step, pluginsdk.Warning, fmt.Sprintf("the security role does not grant in full: %s", strings.Join(missing, "; ")),
			"nothing to do where that is meant; otherwise set these to All for its security role. The operations below that are not permitted say which they need")
	default:
		r.add(step, pluginsdk.OK, "the security role grants what every operation needs", "")
	}
}
