package ticket

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// ConnectWise assigns technicians to a ticket by schedule entries: whoever has one
// is among the ticket's resources, which cannot be written themselves
// (connectwise.md §7, §11). The co-owners are brought about by entries without
// dates, which plan nothing.

// assignment is what brings a ticket's co-owners about.
type assignment struct {
	typeID int // of the entries
	add    []setup.Member
	remove []removal
	notify *bool // nil leaves it to ConnectWise whether technicians are told
}

// removal is a schedule entry to be deleted, and whose it is.
type removal struct {
	entryID int
	login   string
}

// coOwners takes over who is to be on the ticket besides its owner: the set as a
// whole.
func (d *ticketDraft) coOwners(ctx context.Context) error {
	var wrong []fault.Violation
	d.team = []setup.Member{}
	refs := []*psav1.Reference{}
	for n, ref := range d.Input.GetCoOwners() {
		field := fmt.Sprintf("co_owners[%d]", n)
		member, err := d.Account.Tables.PickTechnician(ctx, field, catalogue.Named(ref))
		switch {
		case fault.CodeOf(err) == fault.CodeInvalidArgument:
			wrong = append(wrong, fault.From(err).Violations...)
		case err != nil:
			return err
		case member.ID == d.ownerID():
			wrong = append(wrong, fault.Violation{Field: field, Message: fmt.Sprintf("%s owns the ticket, and is no co-owner", member.FullName())})
		case !slices.ContainsFunc(d.team, func(m setup.Member) bool { return m.ID == member.ID }):
			d.team = append(d.team, member)
			refs = append(refs, mapping.NewReference(member.ID, member.FullName()))
		}
	}
	d.Asked.SetCoOwners(refs)
	if len(wrong) > 0 {
		return fault.Invalid(wrong...)
	}
	return nil
}

// ownerID is who will own the ticket, 0 for nobody.
func (d *ticketDraft) ownerID() int {
	if d.Has("owner") {
		id, _ := strconv.Atoi(d.Asked.GetOwner().GetId())
		return id
	}
	if d.current == nil {
		return 0
	}
	return api.IDOf(d.current.Owner)
}

// assignment says what brings about the co-owners asked for. It reads the ticket's
// schedule entries where somebody has to go: entries with dates are visits that
// somebody planned, which no change of a ticket may call off.
func (d *ticketDraft) assignment(ctx context.Context, notify *psav1.Notify) (assignment, error) {
	a := assignment{notify: tellTechnicians(notify)}
	var present []string
	if d.current != nil {
		present = logins(d.current.Resources)
	}
	staying := map[string]bool{}
	if owner, ok := d.Account.Tables.Member(ctx, d.ownerID()); ok {
		staying[strings.ToLower(owner.Identifier)] = true
	}
	for _, m := range d.team {
		staying[strings.ToLower(m.Identifier)] = true
		if !slices.ContainsFunc(present, func(login string) bool { return strings.EqualFold(login, m.Identifier) }) {
			a.add = append(a.add, m)
		}
	}
	going := slices.DeleteFunc(present, func(login string) bool { return staying[strings.ToLower(login)] })
	if len(a.add) == 0 && len(going) == 0 {
		return a, nil
	}
	var err error
	if a.typeID, err = d.Account.ScheduleType(ctx, d.list); err != nil || len(going) == 0 {
		return a, err
	}
	entries, err := api.All[api.ScheduleEntry](ctx, d.Account.API, entriesPath, api.Query{
		Conditions: api.And(api.EqInt("type/id", a.typeID), api.EqInt("objectId", d.current.ID)),
		Fields:     []string{"id", "member", "dateStart", "dateEnd"},
	})
	if err != nil {
		return a, err
	}
	var visits []string
	for _, login := range going {
		found := false
		for _, e := range entries {
			switch {
			case e.Member == nil || !strings.EqualFold(e.Member.Identifier, login):
				continue
			case e.Dated():
				visits = append(visits, fmt.Sprintf("%d of %s", e.ID, login))
			default:
				a.remove = append(a.remove, removal{e.ID, login})
			}
			found = true
		}
		if !found && (d.current.Owner == nil || !strings.EqualFold(d.current.Owner.Identifier, login)) {
			d.Warnings = append(d.Warnings, fmt.Sprintf("%s is on the ticket by no schedule entry that could be deleted", login))
		}
	}
	if len(visits) > 0 {
		return a, fault.FailedPrecondition("SCHEDULED", "co-owners who have planned work on the ticket stay on it: delete these schedule entries first: "+strings.Join(visits, ", "))
	}
	return a, nil
}

const entriesPath = "schedule/entries"

// logins splits the vendor's list of technicians.
func logins(resources string) []string {
	var list []string
	for login := range strings.SplitSeq(resources, ",") {
		if login = strings.TrimSpace(login); login != "" {
			list = append(list, login)
		}
	}
	return list
}

// tellTechnicians is what ConnectWise is told about mail to whom it assigns.
func tellTechnicians(n *psav1.Notify) *bool {
	switch n.GetTechnicians() {
	case mail.Send:
		return new(true)
	case mail.Suppress:
		return new(false)
	}
	return nil
}

// assigned is the field of the co-owners where it is among those asked for.
func assigned(fields []string) []string {
	if slices.Contains(fields, "co_owners") {
		return []string{"co_owners"}
	}
	return nil
}
