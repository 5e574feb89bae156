package ticket

import (
	"context"
	"fmt"
	"math"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/draft"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

func (d *ticketDraft) priority(ctx context.Context) error {
	if err := d.Stays("priority"); err != nil {
		return err
	}
	asked := d.Input.GetPriority()
	if !asked.HasId() && !asked.HasName() && d.current != nil && d.current.Priority != nil {
		if now, ok := d.Account.Tables.Priority(ctx, d.current.Priority.ID); ok && now.Urgency == asked.GetLevel() {
			return nil // any priority of the level is as good as asked
		}
	}
	found, err := d.pickPriority(ctx, asked)
	if err != nil {
		return err
	}
	d.Asked.SetPriority(psav1.Priority_builder{Id: new(strconv.Itoa(found.ID)), Name: new(found.Name)}.Build())
	d.Set("priority", "priority", api.ID{ID: found.ID})
	return nil
}

func (d *ticketDraft) pickPriority(ctx context.Context, asked *psav1.Priority) (setup.Priority, error) {
	if !asked.HasId() && !asked.HasName() {
		return d.Account.Tables.PickLevel(ctx, "priority", asked.GetLevel())
	}
	found, err := d.Account.Tables.PickPriority(ctx, "priority", catalogue.Named(asked))
	if err == nil && asked.HasLevel() && asked.GetLevel() != found.Urgency {
		err = catalogue.Contradiction("priority", fmt.Sprintf("the priority %q is of the level %d", found.Name, found.Urgency), fmt.Sprintf("the level says %d", asked.GetLevel()))
	}
	return found, err
}

func (d *ticketDraft) impact(context.Context) error {
	if err := d.Stays("impact"); err != nil {
		return err
	}
	d.Set("impact", "impact", mapping.VendorGrade(d.Input.GetImpact()))
	return nil
}

func (d *ticketDraft) urgency(context.Context) error {
	if err := d.Stays("urgency"); err != nil {
		return err
	}
	d.Set("urgency", "severity", mapping.VendorGrade(d.Input.GetUrgency()))
	return nil
}

func (d *ticketDraft) source(ctx context.Context) error {
	if d.current != nil {
		return fault.InvalidArgument("source", "how a ticket came in is set when it is created")
	}
	found, err := d.Account.Tables.PickSource(ctx, "source", catalogue.Named(d.Input.GetSource()))
	if err != nil {
		return err
	}
	d.Refer("source", "source", found.ID, found.Name, d.Asked.SetSource)
	return nil
}

func (d *ticketDraft) parent(context.Context) error {
	if d.Clears("parent") {
		d.Set("parent", "parentTicketId", nil)
		return nil
	}
	n, err := onlyID("parent", "ticket", d.Input.GetParent())
	if err != nil {
		return err
	}
	d.Asked.SetParent(mapping.NewReference(n, ""))
	d.Set("parent", "parentTicketId", n)
	return nil
}

// onlyID is a reference to a record that is not looked up: its name could not be
// compared with the id.
func onlyID(field, what string, ref *psav1.Reference) (int, error) {
	n, err := strconv.Atoi(ref.GetId())
	switch {
	case err != nil || n <= 0:
		return 0, fault.InvalidArgument(field+".id", "give the id of the "+what+"; names are not looked up")
	case ref.HasName():
		return 0, fault.InvalidArgument(field+".name", "give the id of the "+what+" alone; names are not looked up")
	}
	return n, nil
}

func (d *ticketDraft) dueAt(context.Context) error {
	if d.Clears("due_at") {
		d.Set("due_at", "requiredDate", nil)
		return nil
	}
	d.Set("due_at", "requiredDate", api.FormatTime(d.Input.GetDueAt().AsTime()))
	return nil
}

func (d *ticketDraft) estimate(context.Context) error {
	if d.Clears("estimated_seconds") {
		d.Set("estimated_seconds", "budgetHours", nil)
		return nil
	}
	d.Set("estimated_seconds", "budgetHours", math.Round(float64(d.Input.GetEstimatedSeconds())/mapping.DurationUnit)/100)
	return nil
}

// agreement takes an id: agreements are not read by this connector.
func (d *ticketDraft) agreement(context.Context) error {
	if d.Clears("agreement") {
		d.Set("agreement", "agreement", nil)
		return nil
	}
	n, err := onlyID("agreement", "agreement", d.Input.GetAgreement())
	if err != nil {
		return err
	}
	d.Set("agreement", "agreement", api.ID{ID: n})
	return nil
}

// maxExternalID is how long an external reference can be (connectwise.md §7).
const maxExternalID = 100

func (d *ticketDraft) externalID(context.Context) error {
	if err := draft.TooLong("external_id", d.Input.GetExternalId(), maxExternalID); err != nil {
		return err
	}
	d.Set("external_id", "externalXRef", d.Input.GetExternalId())
	return nil
}

// description is kept in a note; see story.
func (d *ticketDraft) description(context.Context) error { return d.Stays("description") }

// resolution is kept in a note; see story.
func (d *ticketDraft) resolution(context.Context) error {
	if err := d.Stays("resolution"); err != nil {
		return err
	}
	return checkResolution(d.Input.GetResolution())
}

func checkResolution(r *psav1.Resolution) error {
	if r.HasCode() {
		return fault.FieldNotSupported("resolution.code", "ConnectWise has no resolution codes; give resolution.text")
	}
	if r.GetText() == "" {
		return fault.InvalidArgument("resolution.text", "a resolution at ConnectWise is a text")
	}
	return nil
}

func (d *ticketDraft) customFields(context.Context) error {
	var current []api.CustomField
	if d.current != nil {
		current = d.current.CustomFields
	}
	return d.Custom(draft.CustomFields{
		Definitions: d.fields, Builtins: mapping.BuiltinsOn(d.list), Current: current,
		Values: d.Input.GetCustomFields(), Asked: d.Asked.GetCustomFields(), Held: d.Before.GetCustomFields(),
	})
}
