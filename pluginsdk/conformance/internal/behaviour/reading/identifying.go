package reading

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// identified are the operations about a record that a caller names by its id, with
// whether they change it.
var identified = []struct {
	op     string
	writes bool
}{
	{"tickets.get", false}, {"tickets.history", false}, {"tickets.transitions", false},
	{"notes.list", false}, {"notes.get", false}, {"replies.get", false},
	{"attachments.list", false}, {"attachments.get", false}, {"attachments.download", false},
	{"time_entries.get", false}, {"schedule_entries.get", false},
	{"companies.get", false}, {"sites.list", false}, {"contacts.get", false}, {"configurations.get", false},
	{"technicians.get", false}, {"technicians.availability", false},
	{"tickets.update", true}, {"tickets.transition", true}, {"tickets.merge", true}, {"tickets.delete", true},
	{"notes.create_internal", true}, {"notes.create_customer", true}, {"notes.update", true}, {"notes.delete", true}, {"replies.create", true},
	{"attachments.create", true}, {"attachments.delete", true},
	{"time_entries.update", true}, {"time_entries.delete", true}, {"schedule_entries.update", true}, {"schedule_entries.delete", true},
	{"contacts.update", true}, {"configurations.update", true},
}

func identifying() []suite.Check {
	var checks []suite.Check
	for _, o := range identified {
		checks = append(checks, suite.Check{
			Name:       "ids/" + o.op,
			About:      "An id that no record has, of another record or of none that could be, is refused as such, and reaches no other path of the PSA.",
			Operations: []string{o.op}, Writes: o.writes,
			Run: func(t *suite.T) { identify(t, o.op, o.writes) },
		})
	}
	return checks
}

// attempt is an operation that is called with ids of all kinds.
type attempt struct {
	*suite.T
	op     string
	whose  *whose
	logged bool
	shapes map[string]bool // of the vendor requests that plain ids make
}

func identify(t *suite.T, op string, writes bool) {
	a := &attempt{T: t, op: op, whose: genuine(t, op), logged: t.Simulator != nil && t.Simulator.Has[simulated.Requests], shapes: map[string]bool{}}
	before := states(t, op, writes)
	if !writes {
		a.watched(a.whose.ids, "", func() { _, _ = a.call(a.whose.ids) }, a.learn)
	}
	names := t.IDs(op)
	for place := range names {
		plain := unlike(a.whose.ids[place], a.whose.known[place])
		for _, id := range append([]string{plain, plain}, a.whose.foreign[place]...) {
			a.refused(place, id, a.learn)
		}
	}
	for place := range names {
		for _, id := range slices.Concat(strange, around(a.whose.ids[place], a.whose.another(place))) {
			if !a.whose.known[place][id] && len(id) <= 128 {
				a.refused(place, id, a.compare)
			}
		}
	}
	if after := states(t, op, writes); writes && after != before {
		t.Errorf("%s with ids of no record has changed records", op)
	}
}

// states are the versions of all tickets and of all records like the one that an
// operation changes; nothing for one that changes none.
func states(t *suite.T, op string, writes bool) string {
	var all []string
	for _, list := range []string{"tickets.list", listOf[t.IDs(op)[0]]} {
		if !writes || !t.Serves(list) {
			continue
		}
		for _, row := range t.List(t.Anew(), list, t.Request(list)) {
			all = append(all, suite.ID(row)+suite.Text(row, "etag"))
		}
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// with are the ids of records that there are, but for one.
func (a *attempt) with(place int, id string) []string {
	ids := slices.Clone(a.whose.ids)
	ids[place] = id
	return ids
}

// learn keeps what the operation asks the PSA for about a plain id.
func (a *attempt) learn(_, shape string) { a.shapes[shape] = true }

// compare holds what it asks for about another id against that.
func (a *attempt) compare(with, shape string) {
	if !a.shapes[shape] {
		a.Errorf("%s asks the PSA for %s, which it does not for an id that looks like one", with, shape)
	}
}

// watched tells of the vendor requests that are made meanwhile: their paths without
// ids, and the names in their queries.
func (a *attempt) watched(ids []string, with string, do func(), tell func(with, shape string)) {
	if !a.logged {
		do()
		return
	}
	a.Must(a.Simulator.Forget(a.Context()))
	do()
	log, err := a.Simulator.Log(a.Context())
	a.Must(err)
	for _, r := range log {
		shape := shapeOf(r, ids)
		if len(r.Undocumented) > 0 {
			shape += " (" + strings.Join(r.Undocumented, "; ") + ")"
		}
		tell(with, shape)
	}
}

func shapeOf(r simulated.Request, ids []string) string {
	segments := strings.Split(r.Path, "/")
	for i, s := range segments {
		if slices.Contains(ids, s) {
			segments[i] = "{id}"
		}
	}
	query, err := url.ParseQuery(r.Query)
	if err != nil {
		return r.Method + " " + strings.Join(segments, "/") + "?" + r.Query
	}
	var names []string
	for name := range query {
		names = append(names, name)
	}
	slices.Sort(names)
	return r.Method + " " + strings.Join(segments, "/") + "?" + strings.Join(names, "&")
}

// refused calls the operation with an id that it has to refuse.
func (a *attempt) refused(place int, id string, tell func(with, shape string)) {
	name := a.IDs(a.op)[place]
	with := a.op + " with " + name + "=" + strconv.Quote(id)
	if len(id) > 40 {
		with = a.op + " with " + name + "=" + strconv.Quote(id[:20]) + "... of " + strconv.Itoa(len(id)) + " bytes"
	}
	ids := a.with(place, id)
	var answer protoreflect.Message
	var err error
	a.watched(ids, with, func() { answer, err = a.call(ids) }, tell)
	if err == nil {
		a.Errorf("%s is answered%s; it has to be not_found or invalid_argument", with, whichIs(answer))
		return
	}
	f := suite.Fault(err)
	named := slices.ContainsFunc(f.Violations, func(v fault.Violation) bool { return v.Field == name })
	switch {
	case f.Code == fault.CodeNotFound:
	case f.Code != fault.CodeInvalidArgument:
		a.Errorf("%s: %s; it has to be not_found or invalid_argument", with, suite.Words(err))
	case !named:
		a.Errorf("%s is refused, and no violation has the field %s: %s", with, name, suite.Words(err))
	}
}

// whichIs says what an answer holds.
func whichIs(answer protoreflect.Message) string {
	if answer == nil {
		return ""
	}
	if rows := suite.Rows(answer.Interface()); rows != nil {
		return " with " + strconv.Itoa(len(rows)) + " rows"
	}
	if record := suite.Record(answer.Interface()); record != nil && suite.ID(record) != "" {
		return " with " + suite.ID(record)
	}
	return ""
}

// call calls the operation about the records of these ids.
func (a *attempt) call(ids []string) (protoreflect.Message, error) {
	ctx, cancel := context.WithCancel(a.Context())
	defer cancel() // a stream that is not read to its end
	switch a.op {
	case "attachments.download":
		what, _, err := fetch(a.T, a.op, ids[0], ids[1])
		return what.ProtoReflect(), err
	case "attachments.create":
		stream, err := psav1.NewAttachmentWriterClient(a.Conn()).CreateAttachment(ctx)
		if err != nil {
			return nil, err
		}
		for _, part := range []psav1.CreateAttachmentRequest_builder{{Ticket: &ids[0], FileName: new("conformance.txt")}, {Chunk: []byte("conformance")}} {
			if stream.Send(part.Build()) != nil {
				break // the answer tells why
			}
		}
		r, err := stream.CloseAndRecv()
		return r.ProtoReflect(), err
	}
	r, err := a.Call(ctx, a.Conn(), a.op, a.whose.about(a.T, a.op, ids))
	return r.ProtoReflect(), err
}
