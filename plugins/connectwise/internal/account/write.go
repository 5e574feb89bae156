package account

import (
	"context"
	"errors"
	"fmt"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/etag"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// Planned is the error of a write, where a dry run's "not sent" is none.
func Planned(err error) error {
	if errors.Is(err, vendorhttp.ErrDryRun) {
		return nil
	}
	return err
}

// Attribute says in a receipt whom the PSA lists as the writer, by login.
func Attribute(r *psav1.Receipt, login string, names mapping.Names) {
	if p := mapping.PartyByLogin(login, names); p != nil {
		r.SetAttributedTo(p)
	}
}

// Plan is the receipt of a dry run, with what is known of mail beforehand.
func (a *Account) Plan(ctx context.Context, known *psav1.Notification) *psav1.Receipt {
	out := receipt.DryRun(call.From(ctx), a.API.Root())
	out.SetNotification(known)
	return out
}

// Keyholder is the party of a write that names no writer, such as a deletion: the
// member that the connection's API keys belong to. ConnectWise does not tell a client
// which one that is, but on the records that it writes.
func Keyholder() *psav1.Party {
	return psav1.Party_builder{Kind: new(psav1.PartyKind_SYSTEM), Name: new("the member of the connection's API keys")}.Build()
}

// Expect compares the etag that a caller expects of a record with the one that it
// has.
func Expect(options *psav1.WriteOptions, current, what string) error {
	if !options.HasIfMatch() || etag.Matches(options.GetIfMatch(), current) {
		return nil
	}
	return fault.PreconditionFailed(current, fmt.Sprintf("%s has changed since: its etag is now %s", what, current))
}
