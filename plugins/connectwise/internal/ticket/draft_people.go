package ticket

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// named is a record that is picked by name among few.
type named struct {
	ID       int    `json:"id"`
	Name     string `json:"name"`
	Inactive bool   `json:"inactiveFlag"`
}

// RecordID is the id that lists are walked by.
func (n named) RecordID() int { return n.ID }

// Entry makes the record findable.
func (n named) Entry() catalogue.Entry {
	return catalogue.Entry{ID: strconv.Itoa(n.ID), Name: n.Name, Inactive: n.Inactive}
}

// pickAmong finds the record of a list that a reference names.
func (d *draft) pickAmong(ctx context.Context, field, what, path string, ref *psav1.Reference) (named, error) {
	rows, err := api.All[named](ctx, d.account.API, path, api.Query{})
	if err != nil {
		return named{}, err
	}
	return catalogue.List[named]{What: what, Values: rows}.Pick(field, catalogue.Named(ref))
}

func (d *draft) workType(ctx context.Context) error {
	if d.clears("work_type") {
		d.set("work_type", "workType", nil)
		return nil
	}
	found, err := d.pickAmong(ctx, "work_type", "work type", "time/workTypes", d.input.GetWorkType())
	if err != nil {
		return err
	}
	d.asked.SetWorkType(mapping.NewReference(found.ID, found.Name))
	d.set("work_type", "workType", api.ID{ID: found.ID})
	return nil
}

func (d *draft) owner(ctx context.Context) error {
	if d.clears("owner") {
		d.set("owner", "owner", nil)
		return nil
	}
	member, err := d.account.Tables.PickTechnician(ctx, "owner", catalogue.Named(d.input.GetOwner()))
	if err != nil {
		return err
	}
	d.asked.SetOwner(mapping.NewReference(member.ID, member.FullName()))
	d.set("owner", "owner", api.ID{ID: member.ID})
	return nil
}

// maxCC is how long the list of copied addresses can be (connectwise.md §7).
const maxCC = 1000

// watchers sets who is copied: ConnectWise holds addresses, and nothing else
// about them.
func (d *draft) watchers(context.Context) error {
	var addresses []string
	more := false
	for n, w := range d.input.GetWatchers() {
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
	if err := tooLong("watchers", cc+";", maxCC); err != nil {
		return err
	}
	if more {
		d.warnings = append(d.warnings, "ConnectWise holds the addresses of watchers alone: their ids, names and kinds are not written")
	}
	asked := make([]*psav1.Party, len(addresses))
	for n, address := range addresses {
		asked[n] = psav1.Party_builder{Email: new(address)}.Build()
	}
	d.asked.SetWatchers(asked)
	d.set("watchers", "automaticEmailCc", cc)
	return nil
}
