package contact

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// CreateOutcome finds out what became of a new contact: by its addresses, which
// nobody else of the company has, or by its name.
func (s *Service) CreateOutcome(ctx context.Context, r *psav1.CreateContactRequest, l lost.Write) (pluginsdk.Outcome, error) {
	rd, err := s.reader(ctx)
	if err != nil {
		return l.Unfit(err)
	}
	d := s.forCreate(rd, r.GetInput())
	if err := d.resolve(ctx); err != nil {
		return l.Unfit(err)
	}
	rows, err := s.madeSince(ctx, d, l)
	if err != nil {
		return l.Unfit(err)
	}
	records := make([]lost.Record, len(rows))
	for n, row := range rows {
		records[n] = lost.Record{
			ID: strconv.Itoa(row.Record.ID), Created: cmp.Or(row.Record.Info.DateEntered.Time, row.Record.Info.LastUpdated.Time),
		}
	}
	at, out := l.Pick("contact", records)
	if at < 0 {
		return out, nil
	}
	held := rd.whole(rows[at])
	told := receipt.Of(call.From(ctx), receipt.Write{Asked: d.Asked, Held: held, Fields: d.Fields, Defaulted: d.Defaulted, Warnings: d.Warnings})
	account.Attribute(told, rows[at].Record.Info.EnteredBy, rd.names)
	return l.Happened(psav1.CreateContactResponse_builder{Contact: held, Receipt: told}.Build(), "contact %d was made since, just as asked", rows[at].Record.ID), nil
}

// madeSince finds the contacts of the company that are who is asked for.
func (s *Service) madeSince(ctx context.Context, d *contactDraft, l lost.Write) (rows []contactRow, err error) {
	if addresses := d.addresses(); len(addresses) > 0 {
		rows, err = s.withAddress(ctx, d.company.ID, addresses)
	} else {
		rows, err = api.List[contactRow](ctx, s.account.API, "company/contacts", api.Query{
			Conditions: api.And(api.EqInt("company/id", d.company.ID), api.Time("lastUpdated", api.Since, l.From())), OrderBy: "id asc", PageSize: api.WidePage,
		})
	}
	return slices.DeleteFunc(rows, func(row contactRow) bool {
		return row.Record.FirstName != d.Input.GetFirstName() || row.Record.LastName != d.Input.GetLastName()
	}), err
}

// UpdateOutcome finds out what became of the update of a contact.
func (s *Service) UpdateOutcome(ctx context.Context, r *psav1.UpdateContactRequest, l lost.Write) (pluginsdk.Outcome, error) {
	t, err := s.target(ctx, r.GetContact(), nil)
	if err != nil {
		return l.Unfit(err)
	}
	d := s.forUpdate(t, r)
	if err := d.resolve(ctx); err != nil {
		return l.Unfit(err)
	}
	w := receipt.Write{Asked: d.Asked, Before: t.before, Held: t.before, Fields: d.Fields, Warnings: d.Warnings}
	told, out := l.Changed(call.From(ctx), w, t.row.Record.Info.LastUpdated.Time, "contact "+r.GetContact())
	if told == nil {
		return out, nil
	}
	account.Attribute(told, t.row.Record.Info.UpdatedBy, t.names)
	return l.Happened(psav1.UpdateContactResponse_builder{Contact: t.before, Receipt: told}.Build(), "contact %s holds all that was asked for", r.GetContact()), nil
}
