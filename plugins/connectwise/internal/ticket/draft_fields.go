package ticket

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

func (d *draft) priority(ctx context.Context) error {
	if err := d.cannotClear("priority"); err != nil {
		return err
	}
	asked := d.input.GetPriority()
	if !asked.HasId() && !asked.HasName() && d.current != nil && d.current.Priority != nil {
		if now, ok := d.account.Tables.Priority(ctx, d.current.Priority.ID); ok && now.Urgency == asked.GetLevel() {
			return nil // any priority of the level is as good as asked
		}
	}
	found, err := d.pickPriority(ctx, asked)
	if err != nil {
		return err
	}
	d.asked.SetPriority(psav1.Priority_builder{Id: new(strconv.Itoa(found.ID)), Name: new(found.Name)}.Build())
	d.set("priority", "priority", api.ID{ID: found.ID})
	return nil
}

func (d *draft) pickPriority(ctx context.Context, asked *psav1.Priority) (setup.Priority, error) {
	if !asked.HasId() && !asked.HasName() {
		return d.account.Tables.PickLevel(ctx, "priority", asked.GetLevel())
	}
	found, err := d.account.Tables.PickPriority(ctx, "priority", catalogue.Named(asked))
	if err == nil && asked.HasLevel() && asked.GetLevel() != found.Urgency {
		err = catalogue.Contradiction("priority", fmt.Sprintf("the priority %q is of the level %d", found.Name, found.Urgency), fmt.Sprintf("the level says %d", asked.GetLevel()))
	}
	return found, err
}

func (d *draft) impact(context.Context) error {
	if err := d.cannotClear("impact"); err != nil {
		return err
	}
	d.set("impact", "impact", mapping.VendorGrade(d.input.GetImpact()))
	return nil
}

func (d *draft) urgency(context.Context) error {
	if err := d.cannotClear("urgency"); err != nil {
		return err
	}
	d.set("urgency", "severity", mapping.VendorGrade(d.input.GetUrgency()))
	return nil
}

func (d *draft) source(ctx context.Context) error {
	if d.current != nil {
		return fault.InvalidArgument("source", "how a ticket came in is set when it is created")
	}
	found, err := d.account.Tables.PickSource(ctx, "source", catalogue.Named(d.input.GetSource()))
	if err != nil {
		return err
	}
	d.asked.SetSource(mapping.NewReference(found.ID, found.Name))
	d.set("source", "source", api.ID{ID: found.ID})
	return nil
}

func (d *draft) parent(context.Context) error {
	if d.clears("parent") {
		d.set("parent", "parentTicketId", nil)
		return nil
	}
	n, err := onlyID("parent", "ticket", d.input.GetParent())
	if err != nil {
		return err
	}
	d.asked.SetParent(mapping.NewReference(n, ""))
	d.set("parent", "parentTicketId", n)
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

func (d *draft) dueAt(context.Context) error {
	if d.clears("due_at") {
		d.set("due_at", "requiredDate", nil)
		return nil
	}
	d.set("due_at", "requiredDate", api.FormatTime(d.input.GetDueAt().AsTime()))
	return nil
}

func (d *draft) estimate(context.Context) error {
	if d.clears("estimated_seconds") {
		d.set("estimated_seconds", "budgetHours", nil)
		return nil
	}
	d.set("estimated_seconds", "budgetHours", math.Round(float64(d.input.GetEstimatedSeconds())/mapping.DurationUnit)/100)
	return nil
}

// agreement takes an id: agreements are not read by this connector.
func (d *draft) agreement(context.Context) error {
	if d.clears("agreement") {
		d.set("agreement", "agreement", nil)
		return nil
	}
	n, err := onlyID("agreement", "agreement", d.input.GetAgreement())
	if err != nil {
		return err
	}
	d.set("agreement", "agreement", api.ID{ID: n})
	return nil
}

// maxExternalID is how long an external reference can be (connectwise.md §7).
const maxExternalID = 100

func (d *draft) externalID(context.Context) error {
	if err := tooLong("external_id", d.input.GetExternalId(), maxExternalID); err != nil {
		return err
	}
	d.set("external_id", "externalXRef", d.input.GetExternalId())
	return nil
}

// description is kept in a note; see story.
func (d *draft) description(context.Context) error { return d.cannotClear("description") }

// resolution is kept in a note; see story.
func (d *draft) resolution(context.Context) error {
	if err := d.cannotClear("resolution"); err != nil {
		return err
	}
	return checkResolution(d.input.GetResolution())
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

// customFields resolves the custom fields asked for, the builtin ones among them.
// All that is wrong with them is said at once.
func (d *draft) customFields(ctx context.Context) error {
	var definitions setup.Set[setup.Field]
	var wrong []fault.Violation
	for _, field := range d.fields {
		id, ok := receipt.CustomFieldID(field)
		if !ok {
			continue
		}
		value := d.input.GetCustomFields()[id]
		if held := d.before.GetCustomFields()[id]; held != nil && proto.Equal(held, value) {
			continue // sent back as it was read
		}
		if builtin, ok := mapping.BuiltinByID(id); ok && builtin.On(d.list) {
			v, err := builtin.VendorValue(value)
			if err != nil {
				wrong = append(wrong, fault.From(err).Violations...)
				continue
			}
			d.set(field, builtin.Member, v)
			if text, ok := v.(string); ok && text != "" {
				d.asked.GetCustomFields()[id] = structpb.NewStringValue(text) // as ConnectWise spells it
			}
			continue
		}
		if definitions.Values == nil {
			var err error
			if definitions, err = d.account.Tables.Fields(ctx, setup.Resource(d.list)); err != nil {
				return err
			}
		}
		if err := d.customField(field, id, value, definitions); err != nil {
			wrong = append(wrong, fault.From(err).Violations...)
		}
	}
	if len(wrong) > 0 {
		return fault.Invalid(wrong...)
	}
	return nil
}

func (d *draft) customField(path, id string, value *structpb.Value, definitions setup.Set[setup.Field]) error {
	n, _ := strconv.Atoi(id)
	definition, ok := definitions.ByID(n)
	if !ok || strconv.Itoa(n) != id {
		var allowed []string
		for _, f := range definitions.Values {
			allowed = append(allowed, fmt.Sprintf("%d (%s)", f.ID, setup.Clean(f.Caption)))
		}
		for _, b := range mapping.Builtins {
			if b.On(d.list) {
				allowed = append(allowed, b.ID())
			}
		}
		of := "tickets"
		if d.list == api.ProjectTickets {
			of = "tickets of projects"
		}
		return fault.InvalidArgument(path, fmt.Sprintf("%s have no custom field %q", of, id), allowed...)
	}
	v, err := mapping.VendorValue(definition, value)
	if err != nil {
		return err
	}
	d.custom[n] = v
	if s, ok := v.(string); ok && definition.Type == psav1.CustomFieldType_SELECT {
		// Whatever the option was named by, its id is what the ticket will show.
		if i := slices.IndexFunc(definition.SortedOptions(), func(o api.UserDefinedOption) bool { return o.Value == s }); i >= 0 {
			d.asked.GetCustomFields()[id] = structpb.NewStringValue(strconv.Itoa(definition.SortedOptions()[i].ID))
		}
	}
	return nil
}

// customMember is a custom field as a write takes it.
type customMember struct {
	ID    int `json:"id"`
	Value any `json:"value"`
}

// allCustomFields is the whole array with the changes: whether the vendor keeps
// what is left out is contested, so that everything is sent (connectwise.md §8).
func (d *draft) allCustomFields(pending func(id int) bool) []customMember {
	var list []customMember
	seen := map[int]bool{}
	if d.current != nil {
		for _, f := range d.current.CustomFields {
			seen[f.ID] = true
			if v, ok := d.custom[f.ID]; ok && pending(f.ID) {
				list = append(list, customMember{f.ID, v})
				continue
			}
			value := f.Value
			if len(value) == 0 {
				value = json.RawMessage("null")
			}
			list = append(list, customMember{f.ID, value})
		}
	}
	for id, v := range d.custom {
		if !seen[id] && pending(id) {
			list = append(list, customMember{id, v})
		}
	}
	slices.SortFunc(list, func(a, b customMember) int { return a.ID - b.ID })
	return list
}
