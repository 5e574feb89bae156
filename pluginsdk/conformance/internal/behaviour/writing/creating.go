package writing

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/sample"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

func creating() []suite.Check {
	var checks []suite.Check
	for _, r := range []sample.Resource{sample.Tickets, sample.TimeEntries, sample.ScheduleEntries, sample.Contacts, sample.Configurations} {
		operations := []string{r.Create, r.Get}
		checks = append(checks, suite.Check{
			Name: "create/" + areaOf(r.Create), About: "A new record is there once, as it was asked for, for another process and for the PSA; the receipt tells what was filled.",
			Operations: operations, Writes: true,
			Run: func(t *suite.T) {
				x := sample.Of(t)
				createOnce(t, x, r, r.Input(x))
			},
		}, suite.Check{
			Name: "create/" + areaOf(r.Create) + ".full", About: "A new record holds everything that it was asked to hold.",
			Operations: operations, Writes: true,
			Run: func(t *suite.T) {
				x := sample.Of(t)
				full := r.Full(x)
				t.Logf("with %s", strings.Join(record.SetFields(full.ProtoReflect()), ", "))
				createOnce(t, x, r, full)
			},
		})
	}
	for _, r := range []sample.Resource{sample.Tickets, sample.Configurations} {
		checks = append(checks, suite.Check{
			Name: "create/" + areaOf(r.Create) + ".external_id", About: "A record with an external id is created once: the same again answers the one that is there, and another with that id is refused.",
			Operations: []string{r.Create, r.Get}, Writes: true,
			Run: func(t *suite.T) { createTwice(t, r) },
		})
	}
	return append(checks, suite.Check{
		Name: "create/contacts.address", About: "A contact with an address that another of the company has is refused, and the other is named.",
		Operations: []string{"contacts.create", "contacts.get"}, Writes: true, Run: sameAddress,
	})
}

// createOnce creates a record and looks that there is one more, and not two.
func createOnce(t *suite.T, x *sample.Tenant, r sample.Resource, input proto.Message) {
	before := r.Siblings(x, input)
	made := r.Add(t, input).Make(t)
	if made.Receipt.GetAlreadyExisted() {
		t.Errorf("%s of a new record says that it existed already", r.Create)
	}
	if before == nil && !t.Serves(areaOf(r.Create)+".list") {
		return
	}
	record.Settle(t, func() []string {
		var fresh []string
		for _, id := range r.Siblings(x, input) {
			if !slices.Contains(before, id) {
				fresh = append(fresh, id)
			}
		}
		if len(fresh) == 1 && fresh[0] == made.Ref.ID {
			return nil
		}
		return []string{r.Create + " answered " + made.Ref.String() + "; another process lists these new ones: " + strings.Join(fresh, ", ")}
	})
}

// createTwice creates a record with an external id, the same again, and another.
func createTwice(t *suite.T, r sample.Resource) {
	if sample.Unsupported(t, r.Create, "external_id") {
		t.NotServed("the connector declares that it does not write external_id")
	}
	x := sample.Of(t)
	input := r.Input(x)
	set(input, "external_id", "conformance-once")
	made := r.Add(t, input).Make(t)
	again, err := r.Add(t, input).Try(t, t.Conn())
	if err != nil {
		t.Fatalf("%s with the same external id and all else the same is refused: %s", r.Create, suite.Words(err))
	}
	if id := suite.ID(again.Record); id != made.Ref.ID {
		t.Errorf("%s with the same external id and all else the same makes %s; %s has that external id already", r.Create, id, made.Ref)
	}
	if !again.Receipt.GetAlreadyExisted() {
		t.Errorf("%s with an external id that there is answers the record without already_existed", r.Create)
	}
	for _, d := range write.Differences(made.After, made.Ref.Anew(t)) {
		t.Errorf("%s with the same external id left a change behind: %s", r.Create, d)
	}
	other := proto.Clone(input)
	title := "title"
	if r.Name != record.Ticket.Name {
		title = "name"
	}
	set(other, title, x.Title("other"))
	f := r.Add(t, other).Refused(t, "an external id that a record of another "+title+" has", fault.CodeAlreadyExists)
	if f != nil && f.ExistingID != made.Ref.ID {
		t.Errorf("%s with an external id of another record names the existing id %q; it is %q", r.Create, f.ExistingID, made.Ref.ID)
	}
	siblings := r.Siblings(x, input)
	if n := len(siblings); n > 0 && !slices.Contains(siblings, made.Ref.ID) {
		t.Errorf("%s is not listed any more", made.Ref)
	}
}

// sameAddress creates a contact with the address of another.
func sameAddress(t *suite.T) {
	x := sample.Of(t)
	input := x.NewContact("")
	made := sample.Contacts.Add(t, input).Make(t)
	other := proto.CloneOf(input)
	other.SetFirstName("Another")
	other.SetEmail(strings.ToUpper(input.GetEmail()))
	f := sample.Contacts.Add(t, other).Refused(t, "the address of another contact of the company", fault.CodeAlreadyExists)
	if f != nil && f.ExistingID != made.Ref.ID {
		t.Errorf("contacts.create with the address of %s names the existing id %q", made.Ref, f.ExistingID)
	}
}

// set sets a text field of a record.
func set(m proto.Message, field, text string) {
	suite.Set(m.ProtoReflect(), field, suite.TextValue(text))
}
