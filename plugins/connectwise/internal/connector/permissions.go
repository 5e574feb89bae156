package connector

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/permission"
	"github.com/deskgate/deskgate/pluginsdk"
)

var _ pluginsdk.PermissionProber = (*Instance)(nil)

// ProbePermissions tells per operation what the API member's security role
// allows.
func (i *Instance) ProbePermissions(ctx context.Context) ([]pluginsdk.OperationPermission, error) {
	role, err := i.roles.take(ctx, i.account.API)
	if err != nil {
		return nil, err
	}
	return permission.Judge(role, i.permissionOptions()), nil
}

// roles is the security role that the last check has read.
type roles struct{ last atomic.Pointer[readRole] }

type readRole struct {
	role permission.Role
	at   time.Time
}

// sameCheck is how long after a check a probe belongs to it: the gateway sends one
// right behind the other.
const sameCheck = 10 * time.Second

// read reads the role and leaves it for the probe of the same check.
func (r *roles) read(ctx context.Context, c *api.Client) (permission.Role, error) {
	role, err := permission.Read(ctx, c)
	if err == nil {
		r.last.Store(&readRole{role, time.Now()})
	}
	return role, err
}

// take is the role that the check before has read; it is taken once, so that whoever
// probes alone is told what is granted now.
func (r *roles) take(ctx context.Context, c *api.Client) (permission.Role, error) {
	if last := r.last.Swap(nil); last != nil && time.Since(last.at) < sameCheck {
		return last.role, nil
	}
	return permission.Read(ctx, c)
}

func (i *Instance) permissionOptions() permission.Options {
	config := i.account.Config
	return permission.Options{
		Projects:      config.IncludeProjectTickets,
		ByTime:        config.MailBy() == pluginsdk.MailByTimeEntry,
		MergeProjects: config.MergeField != "",
		MergeOpen:     config.MergeStatus != "",
	}
}

// rights tells whether the security role is known, and what it lacks of what
// operations can need.
func (r *report) rights(ctx context.Context, i *Instance) {
	const step = "rights"
	role, err := i.roles.read(ctx, i.account.API)
	switch missing := permission.Missing(role, i.permissionOptions()); {
	case err != nil:
		message, advice := explain(err)
		r.add(step, pluginsdk.Unknown, message, advice)
	case role.Closed != "":
		r.add(step, pluginsdk.Unknown, role.Closed+": what it may write shows only when it is tried",
			"give its security role "+permission.Advice(permission.SecurityRoles)+", if operations should be known beforehand")
	case missing != "":
		r.add(step, pluginsdk.Warning, "the security role does not grant in full: "+missing,
			"nothing to do where that is meant; otherwise set these to All for its security role. The operations below that are not permitted say which they need")
	default:
		r.add(step, pluginsdk.OK, "the security role grants what every operation needs", "")
	}
}
