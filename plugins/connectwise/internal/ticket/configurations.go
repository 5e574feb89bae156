package ticket

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/configuration"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// The configurations of a ticket are no member of its record: each is a link below
// it, made and removed by a request of its own (connectwise.md §12). A write names
// the whole set.

// linkedConfiguration is a configuration of a ticket; its name is in _info.
type linkedConfiguration struct {
	ID   int `json:"id"`
	Info struct {
		Name string `json:"name"`
	} `json:"_info"`
}

// RecordID is the id that lists are walked by.
func (c linkedConfiguration) RecordID() int { return c.ID }

// links is what brings a ticket's configurations about: ids of those that it has,
// and of those asked for.
type links struct{ held, want []int }

// add are the configurations that come, remove those that go.
func (l links) add() []int    { return lacking(l.want, l.held) }
func (l links) remove() []int { return lacking(l.held, l.want) }

func lacking(among, others []int) []int {
	return slices.DeleteFunc(slices.Clone(among), func(id int) bool { return slices.Contains(others, id) })
}

func linksPath(ticket string) string { return ticket + "/configurations" }

// readLinks reads the configurations of a ticket.
func (s *Service) readLinks(ctx context.Context, list api.TicketList, ticketID int) ([]*psav1.Reference, error) {
	return readLinks(ctx, s.account.API, list.One(ticketID))
}

func readLinks(ctx context.Context, client *api.Client, ticket string) ([]*psav1.Reference, error) {
	linked, err := api.All[linkedConfiguration](ctx, client, linksPath(ticket), api.Query{})
	refs := make([]*psav1.Reference, len(linked))
	for n, c := range linked {
		refs[n] = mapping.NewReference(c.ID, c.Info.Name)
	}
	return refs, err
}

func (s *Service) addConfigurations(ctx context.Context, ticket *psav1.Ticket, t *api.Ticket) error {
	refs, err := s.readLinks(ctx, t.List, t.ID)
	ticket.SetConfigurations(refs)
	return err
}

// configurations takes over which configurations the ticket is to have. Names are
// looked for among those of its company; what it has already is not looked up.
func (d *ticketDraft) configurations(ctx context.Context) error {
	var held []*psav1.Reference
	if d.current != nil {
		var err error
		if held, err = readLinks(ctx, d.Account.API, d.list.One(d.current.ID)); err != nil {
			return err
		}
		d.Before.SetConfigurations(held)
	}
	for _, ref := range held {
		n, _ := strconv.Atoi(ref.GetId())
		d.links.held = append(d.links.held, n)
	}
	var wrong []fault.Violation
	refs := []*psav1.Reference{}
	for n, ref := range d.Input.GetConfigurations() {
		id, err := d.pickConfiguration(ctx, fmt.Sprintf("configurations[%d]", n), held, ref)
		switch {
		case fault.CodeOf(err) == fault.CodeInvalidArgument:
			wrong = append(wrong, fault.From(err).Violations...)
		case err != nil:
			return err
		case !slices.Contains(d.links.want, id):
			d.links.want = append(d.links.want, id)
			refs = append(refs, mapping.NewReference(id, ""))
		}
	}
	d.Asked.SetConfigurations(refs)
	if len(wrong) > 0 {
		return fault.Invalid(wrong...)
	}
	return nil
}

func (d *ticketDraft) pickConfiguration(ctx context.Context, field string, held []*psav1.Reference, ref *psav1.Reference) (int, error) {
	for _, h := range held {
		if (!ref.HasId() || h.GetId() == ref.GetId()) && (!ref.HasName() || strings.EqualFold(h.GetName(), ref.GetName())) {
			return strconv.Atoi(h.GetId())
		}
	}
	found, err := configuration.Pick(ctx, d.Account, field, d.company.ID, ref)
	return found.ID, err
}

// showLinks puts the configurations into a ticket that was changed, if they were
// asked for: those that it has now, read once more where they changed.
func (s *Service) showLinks(ctx context.Context, t *target, changed bool, held *psav1.Ticket, w *receipt.Write) {
	if !slices.Contains(w.Fields, "configurations") {
		return
	}
	held.SetConfigurations(t.before.GetConfigurations())
	if changed {
		t.parts[psav1.Include_CONFIGURATIONS] = s.readLinksBack(ctx, t.list(), t.id(), held, w)
	}
}

// readLinksBack reports whether the ticket carries them now.
func (s *Service) readLinksBack(ctx context.Context, list api.TicketList, ticketID int, held *psav1.Ticket, w *receipt.Write) bool {
	refs, err := s.readLinks(ctx, list, ticketID)
	if err != nil {
		if w.Refused["configurations"] == nil {
			w.Unverifiable = append(w.Unverifiable, "configurations")
		}
		w.Warnings = append(w.Warnings, "the ticket's configurations could not be read back: "+fault.From(err).Message)
		return false
	}
	held.SetConfigurations(refs)
	return true
}
