package schedule

import (
	"context"
	"fmt"
	"slices"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// unsupportedFields are the fields that writes refuse: ConnectWise makes the title
// itself, and entries hold no notes (connectwise.md §11).
var unsupportedFields = []string{"title", "notes"}

// draft is a write of an entry being prepared: what the record is to hold.
type draft struct {
	account *account.Account
	current *api.ScheduleEntry // nil for a create
	input   *psav1.ScheduleEntry
	asked   *psav1.ScheduleEntry // as asked, with the ids that names mean
	fields  []string             // the fields asked for

	member     setup.Member // zero on an update that leaves it
	memberID   int          // whose the entry will be
	start, end time.Time    // when it will be, in whole seconds
	statusID   int          // 0 is what it is, or the PSA's default
	done       *bool        // nil is what it is
	wrong      []fault.Violation
}

func (d *draft) has(field string) bool { return slices.Contains(d.fields, field) }

// gives reports whether a field was asked for, with a value.
func (d *draft) gives(field string) bool { return d.has(field) && !d.clears(field) }

// clears reports whether a field that was asked for is to be emptied.
func (d *draft) clears(field string) bool {
	m := d.input.ProtoReflect()
	return d.has(field) && !m.Has(m.Descriptor().Fields().ByName(protoreflect.Name(field)))
}

// refuse says that a field is wrong; the others are looked at all the same.
func (d *draft) refuse(field, message string, allowed ...string) {
	d.wrong = append(d.wrong, fault.Violation{Field: field, Message: message, Allowed: allowed})
}

// newDraft resolves what both kinds of writes have. Everything that is wrong with
// it is in d.wrong then.
func newDraft(ctx context.Context, a *account.Account, current *api.ScheduleEntry, input *psav1.ScheduleEntry, fields []string) (*draft, error) {
	if input == nil {
		input = &psav1.ScheduleEntry{}
	}
	d := &draft{account: a, current: current, input: input, asked: proto.CloneOf(input), fields: fields}
	d.asked.ClearNotifyTechnician() // only callers send it
	for _, field := range unsupportedFields {
		if d.has(field) {
			return nil, fault.FieldNotSupported(field, fmt.Sprintf("ConnectWise keeps no %s of a schedule entry that could be written; put it into a note of the ticket", field))
		}
	}
	for _, field := range []string{"technician", "start", "end", "state", "status"} {
		if d.clears(field) {
			d.refuse(field, fmt.Sprintf("ConnectWise cannot clear the %s of a schedule entry; delete the entry where it is over", field))
		}
	}
	if current != nil {
		d.memberID, d.start, d.end = api.IDOf(current.Member), current.DateStart.Time, current.DateEnd.Time
	}
	d.times()
	for _, resolve := range []func(context.Context) error{d.technician, d.firmness} {
		err := resolve(ctx)
		if fault.CodeOf(err) == fault.CodeInvalidArgument {
			d.wrong = append(d.wrong, fault.From(err).Violations...)
		} else if err != nil {
			return nil, err
		}
	}
	return d, nil
}

// times takes over when the entry is to begin and end. The vendor keeps whole
// seconds (connectwise.md §6).
func (d *draft) times() {
	if d.gives("start") {
		d.start = d.input.GetStart().AsTime().Truncate(time.Second)
	}
	if d.gives("end") {
		d.end = d.input.GetEnd().AsTime().Truncate(time.Second)
	}
	if (d.gives("start") || d.gives("end")) && !d.start.Before(d.end) {
		field := "end"
		if !d.gives("end") {
			field = "start"
		}
		d.refuse(field, fmt.Sprintf("the entry would begin at %s and end at %s: the end has to come after the start, by a second at least",
			d.start.Format(time.RFC3339), d.end.Format(time.RFC3339)))
	}
}

// technician finds whose the entry is to be: the agent resource where a create
// does not say.
func (d *draft) technician(ctx context.Context) error {
	switch {
	case d.gives("technician"):
		member, err := d.account.Tables.PickTechnician(ctx, "technician", catalogue.Named(d.input.GetTechnician()))
		if err != nil {
			return err
		}
		d.member = member
	case d.current == nil:
		d.member = d.account.Agent
	default:
		return nil
	}
	d.memberID = d.member.ID
	d.asked.SetTechnician(mapping.NewReference(d.member.ID, d.member.FullName()))
	return nil
}

// firmness finds the status and the flag of what is done that stand for the state
// and the status asked for.
func (d *draft) firmness(ctx context.Context) error {
	state := d.input.GetState()
	if d.gives("state") {
		switch state {
		case psav1.ScheduleState_TENTATIVE, psav1.ScheduleState_CONFIRMED, psav1.ScheduleState_DONE:
			d.done = new(state == psav1.ScheduleState_DONE)
		case psav1.ScheduleState_CANCELED:
			d.refuse("state", "ConnectWise keeps no entry that was called off: delete it", "TENTATIVE", "CONFIRMED", "DONE")
			return nil
		default:
			d.refuse("state", "this is no state of a schedule entry", "TENTATIVE", "CONFIRMED", "DONE")
			return nil
		}
	}
	if d.gives("status") {
		status, err := d.account.Tables.PickScheduleStatus(ctx, "status", catalogue.Named(d.input.GetStatus()))
		if err != nil {
			return err
		}
		if d.gives("state") && state != psav1.ScheduleState_DONE && state != status.State() {
			d.refuse("state", fmt.Sprintf("the status %q means %s, and the state says %s; give one of the two, or both of the same", status.Name, status.State(), state))
		}
		d.asked.SetStatus(mapping.NewReference(status.ID, status.Name))
		d.statusID = status.ID
		return nil
	}
	if !d.gives("state") || state == psav1.ScheduleState_DONE {
		return nil
	}
	if d.current != nil {
		statuses, err := d.account.Tables.ScheduleStatuses(ctx)
		if err != nil {
			return err
		}
		if held, ok := statuses.ByID(api.IDOf(d.current.Status)); ok && held.State() == state {
			return nil // a status of the tenant's own that means the same stays
		}
	}
	status, err := d.account.Tables.PickScheduleState(ctx, "state", state)
	d.statusID = status.ID
	return err
}

// body is the record to create; the ticket and the type are its target's.
func (d *draft) body(to target, accepted bool) map[string]any {
	body := map[string]any{
		"type": api.ID{ID: to.typeID}, "objectId": to.ticketID, "member": api.ID{ID: d.memberID},
		"dateStart": api.FormatTime(d.start), "dateEnd": api.FormatTime(d.end),
		allowConflicts: accepted,
	}
	if d.statusID != 0 {
		body["status"] = api.ID{ID: d.statusID}
	}
	if d.done != nil && *d.done {
		body["doneFlag"] = true
	}
	if d.input.HasNotifyTechnician() {
		body["notifyResource"] = d.input.GetNotifyTechnician()
	}
	return body
}

// ops are the operations for the fields that differ.
func (d *draft) ops(pending []string, accepted bool) []api.Op {
	var ops []api.Op
	add := func(field, path string, value any) {
		if slices.Contains(pending, field) {
			ops = append(ops, api.Replace(path, value))
		}
	}
	add("technician", "member", api.ID{ID: d.memberID})
	add("start", "dateStart", api.FormatTime(d.start))
	add("end", "dateEnd", api.FormatTime(d.end))
	if d.statusID != 0 && d.statusID != api.IDOf(d.current.Status) {
		ops = append(ops, api.Replace("status", api.ID{ID: d.statusID}))
	}
	if d.done != nil && *d.done != d.current.Done {
		ops = append(ops, api.Replace("doneFlag", *d.done))
	}
	if moves(pending) {
		ops = append(ops, api.Replace(allowConflicts, accepted))
	}
	if d.input.HasNotifyTechnician() {
		ops = append(ops, api.Replace("notifyResource", d.input.GetNotifyTechnician()))
	}
	return ops
}

// moves reports whether a change can make the entry overlap another.
func moves(pending []string) bool {
	return slices.ContainsFunc(pending, func(f string) bool { return f == "technician" || f == "start" || f == "end" })
}
