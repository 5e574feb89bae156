package ticket

import (
	"context"
	"fmt"
	"slices"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/draft"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

func (d *ticketDraft) workType(ctx context.Context) error {
	if d.Clears("work_type") {
		d.Set("work_type", "workType", nil)
		return nil
	}
	found, err := d.Account.Tables.PickWorkType(ctx, "work_type", catalogue.Named(d.Input.GetWorkType()))
	if err != nil {
		return err
	}
	d.Refer("work_type", "workType", found.ID, found.Name, d.Asked.SetWorkType)
	return nil
}

func (d *ticketDraft) owner(ctx context.Context) error {
	if d.Clears("owner") {
		d.Set("owner", "owner", nil)
		return nil
	}
	member, err := d.Account.Tables.PickTechnician(ctx, "owner", catalogue.Named(d.Input.GetOwner()))
	if err != nil {
		return err
	}
	d.Refer("owner", "owner", member.ID, member.FullName(), d.Asked.SetOwner)
	return nil
}

// maxCC is how long the list of copied addresses can be (connectwise.md §7).
const maxCC = 1000

// watchers sets who is copied: ConnectWise holds addresses, and nothing else
// about them.
func (d *ticketDraft) watchers(context.Context) error {
	var addresses []string
	more := false
	for n, w := range d.Input.GetWatchers() {
		address := strings.TrimSpace(w.GetEmail())
		if address == "" || strings.ContainsAny(address, "; \t\r\n") || !strings.Contains(address, "@") {
			return fault.InvalidArgument(fmt.Sprintf("watchers[%d].email", n), "ConnectWise copies e-mail addresses: give one")
		}
		if !slices.ContainsFunc(addresses, func(a string) bool { return strings.EqualFold(a, address) }) {
			addresses = append(addresses, address)
		}
		more = more || w.HasId() || w.HasName() || w.HasKind() && w.GetKind() != psav1.PartyKind_UNKNOWN
	}
	cc := strings.Join(addresses, ";")
	if err := draft.TooLong("watchers", cc+";", maxCC); err != nil {
		return err
	}
	if more {
		d.Warnings = append(d.Warnings, "ConnectWise holds the addresses of watchers alone: their ids, names and kinds are not written")
	}
	asked := make([]*psav1.Party, len(addresses))
	for n, address := range addresses {
		asked[n] = psav1.Party_builder{Email: new(address)}.Build()
	}
	d.Asked.SetWatchers(asked)
	d.Set("watchers", "automaticEmailCc", cc)
	return nil
}
