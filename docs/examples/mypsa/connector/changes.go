package connector

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/etag"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// list are the customers.
type list = catalogue.List[customer]

// longest are My PSA's limits of texts, in characters.
var longest = map[string]int{"title": 100, "description": 8000, "external_id": 50}

// draft is a write of a ticket on its way to My PSA.
type draft struct {
	input  *psav1.Ticket
	asked  *psav1.Ticket // the input with the names resolved
	fields []string
	body   map[string]any // by My PSA's names
	wrong  []fault.Violation
}

// draft brings what a write asks for into My PSA's form. All that is wrong with it
// is said at once.
func (i *Instance) draft(ctx context.Context, input *psav1.Ticket, fields []string) (*draft, error) {
	d := &draft{input: input, asked: proto.CloneOf(input), fields: fields, body: map[string]any{}}
	for _, f := range fields {
		if name, _, _ := strings.Cut(f, "["); slices.Contains(unsupported, name) {
			return nil, fault.FieldNotSupported(f, "tickets at My PSA have no "+name)
		}
		if err := i.add(ctx, d, f); err != nil {
			return nil, err
		}
	}
	if len(d.wrong) > 0 {
		return nil, fault.Invalid(d.wrong...)
	}
	return d, nil
}

// add adds one field to a draft. A mistake of the caller goes to wrong; the error
// is of another kind.
func (i *Instance) add(ctx context.Context, d *draft, field string) error {
	var err error
	switch field {
	case "kind":
		if d.input.GetKind() != psav1.Kind_SERVICE {
			err = fault.InvalidArgument(field, "tickets at My PSA are of one kind", psav1.Kind_SERVICE.String())
		}
	case "title":
		err = d.text("subject", field, d.input.GetTitle(), true)
	case "description":
		err = d.text("details", field, d.input.GetDescription(), false)
	case "external_id":
		err = d.text("reference", field, d.input.GetExternalId(), false)
	case "status":
		var id string
		if err = d.needed(field, d.input.HasStatus()); err == nil {
			id, err = pickStatus(d.input.GetStatus())
		}
		if err == nil {
			d.body["status"] = id
			d.asked.SetStatus(neutralStatus(id))
		}
	case "priority":
		var id string
		if err = d.needed(field, d.input.HasPriority()); err == nil {
			id, err = pickPriority(d.input.GetPriority())
		}
		if err == nil {
			d.body["priority"] = id
			d.asked.SetPriority(neutralPriority(id))
		}
	case "company":
		err = i.company(ctx, d)
	default:
		err = fault.InvalidArgument(field, "this cannot be written")
	}
	if f := fault.From(err); err != nil && f.Code == fault.CodeInvalidArgument {
		d.wrong = append(d.wrong, f.Violations...)
		return nil
	}
	return err
}

// text adds a text; one without a value is cleared, where it may be.
func (d *draft) text(member, field, text string, needed bool) error {
	if needed {
		if err := d.needed(field, text != ""); err != nil {
			return err
		}
	}
	if n := len([]rune(text)); n > longest[field] {
		return fault.InvalidArgument(field, fmt.Sprintf("it has %d characters; My PSA takes %d", n, longest[field]))
	}
	d.body[member] = text
	return nil
}

func (d *draft) needed(field string, given bool) error {
	if given {
		return nil
	}
	return fault.InvalidArgument(field, "a ticket at My PSA needs it: it cannot be cleared")
}

func (i *Instance) company(ctx context.Context, d *draft) error {
	if err := d.needed("company", d.input.HasCompany()); err != nil {
		return err
	}
	return i.customers.Find(ctx, struct{}{}, func(all list) error {
		c, err := all.Pick("company", catalogue.Named(d.input.GetCompany()))
		d.body["customer"] = c.ID
		d.asked.SetCompany(psav1.Reference_builder{Id: new(strconv.Itoa(c.ID)), Name: &c.Name}.Build())
		return err
	})
}

// CreateTicket creates a ticket; one with the same external id is answered in
// place of another.
func (i *Instance) CreateTicket(ctx context.Context, r *psav1.CreateTicketRequest) (*psav1.CreateTicketResponse, error) {
	fields := receipt.SetFields(r.GetInput())
	if !r.GetInput().HasCompany() {
		return nil, fault.InvalidArgument("company", "My PSA needs the company of a ticket, and knows no contacts")
	}
	d, err := i.draft(ctx, r.GetInput(), fields)
	if err != nil {
		return nil, err
	}
	if r.GetInput().HasExternalId() {
		if done, err := i.created(ctx, d); done != nil || err != nil {
			return done, err
		}
	}
	var made ticket
	planned, err := i.api.write(ctx, "create the ticket", http.MethodPost, "tickets", d.body, &made)
	if err != nil {
		return nil, err
	}
	if planned {
		return psav1.CreateTicketResponse_builder{Ticket: d.asked, Receipt: receipt.DryRun(call.From(ctx), root)}.Build(), nil
	}
	held, out := i.settle(ctx, &made, receipt.Write{Asked: d.asked, Fields: fields})
	return psav1.CreateTicketResponse_builder{Ticket: held, Receipt: out}.Build(), nil
}

// created finds the ticket that a create has made before.
func (i *Instance) created(ctx context.Context, d *draft) (*psav1.CreateTicketResponse, error) {
	rows, _, err := i.page(ctx, url.Values{"reference": {d.input.GetExternalId()}, "sort": {"id"}}, cursor{}, 1)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	t := &rows[0].ticket
	if t.Subject != d.input.GetTitle() || strconv.Itoa(t.Customer.ID) != d.asked.GetCompany().GetId() {
		return nil, fault.AlreadyExists(strconv.Itoa(t.ID), fmt.Sprintf("ticket %s has this external id, and another title or company", t.Number))
	}
	held := i.whole(t)
	out := receipt.Unchanged(call.From(ctx), root, receipt.Write{Asked: d.asked, Before: held, Fields: d.fields})
	out.SetAlreadyExisted(true)
	return psav1.CreateTicketResponse_builder{Ticket: held, Receipt: out}.Build(), nil
}

// UpdateTicket changes a ticket, and sends only what it does not hold yet.
func (i *Instance) UpdateTicket(ctx context.Context, r *psav1.UpdateTicketRequest) (*psav1.UpdateTicketResponse, error) {
	now, err := i.read(ctx, r.GetTicket())
	if err != nil {
		return nil, err
	}
	before := i.whole(&now.ticket)
	if o := r.GetOptions(); o.HasIfMatch() && !etag.Matches(o.GetIfMatch(), before.GetEtag()) {
		return nil, fault.PreconditionFailed(before.GetEtag(), "the ticket has changed since; read it again")
	}
	d, err := i.draft(ctx, r.GetInput(), r.GetSetFields())
	if err != nil {
		return nil, err
	}
	w := receipt.Write{Asked: d.asked, Before: before, Fields: d.fields}
	if len(w.Differing()) == 0 {
		return psav1.UpdateTicketResponse_builder{Ticket: before, Receipt: receipt.Unchanged(call.From(ctx), root, w)}.Build(), nil
	}
	var changed ticket
	planned, err := i.api.write(ctx, "change the ticket", http.MethodPatch, fmt.Sprintf("tickets/%d", now.ID), d.body, &changed)
	if err != nil {
		return nil, err
	}
	if planned {
		return psav1.UpdateTicketResponse_builder{Ticket: before, Receipt: receipt.DryRun(call.From(ctx), root)}.Build(), nil
	}
	held, out := i.settle(ctx, &changed, w)
	return psav1.UpdateTicketResponse_builder{Ticket: held, Receipt: out}.Build(), nil
}

// settle reads a ticket back after a write. The write is done, whether that works
// or not: if it does not, the write's own answer has to do.
func (i *Instance) settle(ctx context.Context, written *ticket, w receipt.Write) (*psav1.Ticket, *psav1.Receipt) {
	back, err := i.read(ctx, strconv.Itoa(written.ID))
	if err != nil {
		w.Warnings = append(w.Warnings, "it could not be read back: "+fault.From(err).Message)
		w.Unverifiable = w.Fields
		back.ticket = *written
	}
	held := i.whole(&back.ticket)
	w.Held = held
	return held, receipt.Of(call.From(ctx), w)
}

// whole is a ticket with all that My PSA holds, without its own record.
func (i *Instance) whole(t *ticket) *psav1.Ticket {
	return i.api.neutral(t, nil, func(p psav1.Include_V) bool { return p != psav1.Include_VENDOR })
}
