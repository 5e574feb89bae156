package writing

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/sample"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func naming() []suite.Check {
	var checks []suite.Check
	for _, r := range sample.Resources() {
		for _, field := range r.Named() {
			checks = append(checks, suite.Check{
				Name:       "names/" + areaOf(r.Update) + "." + field,
				About:      "A reference is given by its id or by its name. A name or an id that there is not, one that is no longer in use, and an id with the name of another are refused at the field, with what is allowed, and nothing is sent.",
				Operations: []string{r.Create, r.Update, r.Get}, Writes: true,
				Run: func(t *suite.T) { nameField(t, r, field) },
			})
		}
	}
	return append(checks, scopes()...)
}

// noName is a name that no tenant has, and noID such an id.
const (
	noName = "Conformance nobody 731"
	noID   = "999999937"
)

// nameField gives one field by name and by id, and in all the wrong ways.
func nameField(t *suite.T, r sample.Resource, field string) {
	x := sample.Of(t)
	ref, has := r.New(x, field)
	change, why := r.Change(x, ref, has, field)
	if why != "" {
		t.NotRun("%s", why)
	}
	if sample.Unsupported(t, r.Update, field) {
		t.NotServed("the connector declares that it does not write it")
	}
	want, old := record.Member(change.Asked.ProtoReflect(), field), record.Member(has, field)
	id, name := suite.Text(want, "id"), suite.Text(want, "name")
	if id == "" || name == "" {
		t.NotRun("the value to write has the id %q and the name %q; both are needed", id, name)
	}
	give := func(id, name string) write.Call {
		value := proto.Clone(change.Asked)
		refer(value, field, id, name)
		return r.Set(t, ref, value, change.Fields...)
	}
	// What is wrong first: nothing of it may change the record.
	wrongNames(t, give, r, field, id, name)
	if old != nil && suite.Text(old, "name") != "" && !strings.EqualFold(suite.Text(old, "name"), name) {
		refusedAt(t, give(id, suite.Text(old, "name")), "the id of one and the name of another", field)
	}
	for _, unused := range x.Inactive(r, has, field) {
		refusedAt(t, give(unused, ""), "a value that is no longer in use", field)
	}
	made := give("", name).Make(t)
	if got := suite.Text(record.Member(made.After, field), "id"); got != id {
		t.Errorf("%s of %s by the name %q took the one with the id %q; it is %q", r.Update, field, name, got, id)
	}
	if old == nil {
		return
	}
	if back := suite.Text(old, "id"); back != "" {
		made = give(back, "").Make(t)
		if got := suite.Text(record.Member(made.After, field), "id"); got != back {
			t.Errorf("%s of %s by the id %q took the one with the id %q", r.Update, field, back, got)
		}
	}
}

// refer makes a field of a record refer by id and name; "" leaves the one out.
func refer(value proto.Message, field, id, name string) {
	m := value.ProtoReflect()
	f := m.Descriptor().Fields().ByName(protoreflect.Name(field))
	m.Clear(f)
	ref := m.Mutable(f).Message()
	for part, text := range map[string]string{"id": id, "name": name} {
		if text != "" {
			suite.Set(ref, part, protoreflect.ValueOfString(text))
		}
	}
}

// refusedAt makes a write that has to be refused as invalid at a path.
func refusedAt(t *suite.T, c write.Call, why, path string) *fault.Violation {
	f := c.Refused(t, why, fault.CodeInvalidArgument)
	return write.At(t, f, path, fmt.Sprintf("%s with %s", c.Operation, why))
}

// wrongNames gives names and ids that there are not.
func wrongNames(t *suite.T, give func(id, name string) write.Call, r sample.Resource, field, id, name string) {
	refusedAt(t, give(noID, ""), "an id that there is not", field)
	v := refusedAt(t, give("", noName), "a name that there is not", field+".name")
	if v != nil && r.Listed(field) && !slices.Contains(v.Allowed, name) {
		t.Errorf("%s with a name that there is not allows %q; %q is one of the names that it takes", r.Update, v.Allowed, name)
	}
	refusedAt(t, give(id, noName), "an id and a name that there is not", field)
	wrong := misspelt(name)
	v = refusedAt(t, give("", wrong), fmt.Sprintf("the name %q, which is misspelt", wrong), field+".name")
	switch {
	case v == nil:
	case v.DidYouMean == "" && r.Listed(field):
		t.Logf("%s: %q is not answered with what was probably meant (did_you_mean)", field, wrong)
	case v.DidYouMean != "" && v.DidYouMean != name:
		t.Errorf("%s with the name %q answers that %q was meant; it is nearer to %q", r.Update, wrong, v.DidYouMean, name)
	}
}

// misspelt is a name with a letter too much.
func misspelt(name string) string {
	letters := []rune(name)
	middle := len(letters) / 2
	return string(letters[:middle]) + "q" + string(letters[middle:])
}

// scopes are the checks of what a name means where.
func scopes() []suite.Check {
	update := []string{"tickets.create", "tickets.update", "tickets.get"}
	return []suite.Check{{
		Name: "names/tickets.status_category", About: "A status that is given by its category is one of that category.",
		Operations: append([]string{"catalogue.statuses"}, update...), Writes: true, Run: statusByCategory,
	}, {
		Name: "names/tickets.priority_level", About: "A priority that is given by its level is of that level.",
		Operations: append([]string{"catalogue.priorities"}, update...), Writes: true, Run: priorityByLevel,
	}, {
		Name: "names/tickets.status_of_queue", About: "A status is looked for in the queue that the ticket will be in, not in the one that it is in.",
		Operations: append([]string{"catalogue.queues", "catalogue.statuses"}, update...), Writes: true, Run: statusOfQueue,
	}, {
		Name: "names/tickets.create", About: "A new ticket with names that there are not is refused, each told at its field, and nothing is sent.",
		Operations: []string{"tickets.create"}, Writes: true, Run: namesOfNewTicket,
	}}
}

// statusByCategory gives each category that the ticket's queue has a status of.
func statusByCategory(t *suite.T) {
	x := sample.Of(t)
	ticket := x.Ticket()
	demands := map[psav1.Category_V]bool{}
	for _, s := range x.Statuses(ticket, ticket.GetQueue().GetId()) {
		demands[s.GetCategory()] = demands[s.GetCategory()] || len(s.GetRequires()) > 0
	}
	// From new to closed: a closed ticket may be closed for good.
	for c := psav1.Category_NEW; c <= psav1.Category_CLOSED; c++ {
		if demanding, there := demands[c]; !there || demanding {
			continue
		}
		value := psav1.Ticket_builder{Status: psav1.Status_builder{Category: &c}.Build()}.Build()
		call := sample.Tickets.Set(t, sample.Refer(ticket), value, "status")
		made, refused := call.MakeUnless(t, fault.CodeInvalidArgument, fault.CodeFailedPrecondition)
		if refused != nil { // several are equally good, or the PSA's model knows another way
			v := write.At(t, refused, "status", "a status of the category "+c.String())
			if v != nil && refused.Code == fault.CodeInvalidArgument && len(v.Allowed) == 0 {
				t.Errorf("a status of the category %s is refused without saying what is allowed: %s", c, refused.Message)
			}
			continue
		}
		after, _ := made.After.Interface().(*psav1.Ticket)
		if after.GetStatus().GetCategory() != c {
			t.Errorf("a status of the category %s was asked for, and the ticket has %s of %s", c, after.GetStatus().GetName(), after.GetStatus().GetCategory())
		}
	}
}

// priorityByLevel gives each level.
func priorityByLevel(t *suite.T) {
	x := sample.Of(t)
	ticket := x.Ticket()
	for level, n := range x.Levels() {
		value := psav1.Ticket_builder{Priority: psav1.Priority_builder{Level: &level}.Build()}.Build()
		call := sample.Tickets.Set(t, sample.Refer(ticket), value, "priority")
		if n == 0 {
			refusedAt(t, call, fmt.Sprintf("the level %d, which no priority is of", level), "priority.level")
			continue
		}
		made, refused := call.MakeUnless(t, fault.CodeInvalidArgument)
		if refused != nil {
			if v := write.At(t, refused, "priority", fmt.Sprintf("the level %d", level)); v != nil && (n == 1 || len(v.Allowed) == 0) {
				t.Errorf("the level %d is refused (%s), allowing %q; there are %d priorities of it", level, refused.Message, v.Allowed, n)
			}
			continue
		}
		after, _ := made.After.Interface().(*psav1.Ticket)
		if after.GetPriority().GetLevel() != level {
			t.Errorf("a priority of the level %d was asked for, and the ticket has %q of the level %d", level, after.GetPriority().GetName(), after.GetPriority().GetLevel())
		}
	}
}

// statusOfQueue moves a ticket to another queue with a status by a name that means
// something only there, or something else there.
func statusOfQueue(t *suite.T) {
	x := sample.Of(t)
	ticket := x.Ticket()
	queue, status := x.StatusElsewhere(ticket)
	if queue == nil {
		t.NotRun("no other queue has a status of its own")
	}
	byName := psav1.Status_builder{Name: new(status.GetName())}.Build()
	here := sample.Tickets.Set(t, sample.Refer(ticket), psav1.Ticket_builder{Status: byName}.Build(), "status")
	refusedAt(t, here, fmt.Sprintf("the status %q of another queue", status.GetName()), "status.name")
	there := psav1.Ticket_builder{Status: byName, Queue: psav1.Reference_builder{Name: new(queue.GetName())}.Build()}.Build()
	made := sample.Tickets.Set(t, sample.Refer(ticket), there, "status", "queue").Make(t)
	after, _ := made.After.Interface().(*psav1.Ticket)
	if after.GetQueue().GetId() != queue.GetId() || after.GetStatus().GetId() != status.GetId() {
		t.Errorf("the ticket was moved to %q with the status %q (id %s), and is in %q with the status %q (id %s)", queue.GetName(), status.GetName(), status.GetId(),
			after.GetQueue().GetName(), after.GetStatus().GetName(), after.GetStatus().GetId())
	}
}

// namesOfNewTicket creates a ticket with several names that there are not.
func namesOfNewTicket(t *suite.T) {
	input := sample.Of(t).NewTicket()
	for _, field := range []string{"queue", "priority", "owner"} {
		if sample.Unsupported(t, "tickets.create", field) {
			continue
		}
		wrong := proto.CloneOf(input)
		refer(wrong, field, "", noName)
		refusedAt(t, sample.Tickets.Add(t, wrong), "a "+field+" that there is not", field+".name")
	}
	wrong := proto.CloneOf(input)
	refer(wrong, "company", "", noName)
	wrong.ClearContact()
	refusedAt(t, sample.Tickets.Add(t, wrong), "a company that there is not", "company.name")
}
