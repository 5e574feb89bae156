package reading

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

func changing() []suite.Check {
	var checks []suite.Check
	for _, m := range movers {
		checks = append(checks, suite.Check{
			Name: "paging_changes/" + m.list, About: "A walk loses no record that nobody touched, whatever is changed, added and taken away meanwhile.",
			Operations: []string{m.list}, Writes: true, Run: m.run,
		})
	}
	return checks
}

func (m mover) run(t *suite.T) {
	if (m.update == "" || !t.Serves(m.update)) && (m.create == "" || !t.Serves(m.create)) && (m.remove == "" || !t.Serves(m.remove)) {
		t.NotRun("it serves nothing that changes these records")
	}
	by := []string{""}
	for _, o := range orders[m.list] {
		if o.by != "" && o.by != "updated_at" { // which is what comes without
			by = append(by, o.by)
		}
	}
	for _, order := range by {
		request := m.request(t)
		with := m.list
		if order != "" {
			suite.Set(request.ProtoReflect(), "order_by", protoreflect.ValueOfString(order))
			with += fmt.Sprintf(" with order_by=%q", order)
		}
		w := &walk{T: t, mover: m, with: with, request: request, rows: t.List(t.Conn(), m.list, request), touched: map[string]string{}, seen: map[string]int{}, refused: map[string][]error{}}
		if len(w.rows) < 4 {
			t.NotRun("there are not four records to walk over")
		}
		w.run()
	}
}

// request asks for records that can be changed.
func (m mover) request(t *suite.T) proto.Message {
	if m.own != nil {
		return m.own(t, m.add)
	}
	return everything(t, m.list)
}

// walk is one walk over a list that changes.
type walk struct {
	*suite.T
	mover
	with    string
	request proto.Message
	rows    []protoreflect.Message // as they were at the start
	touched map[string]string      // the records changed meanwhile, with their new text; "" for what is gone
	seen    map[string]int
	done    int                // changes made
	refused map[string][]error // by operation
}

// stops is in how many pages a walk is cut, at the least: between them something
// changes.
const stops = 10

func (w *walk) run() {
	asked := proto.Clone(w.request).ProtoReflect()
	suite.Set(asked, "page_size", protoreflect.ValueOfInt32(int32(min(max(len(w.rows)/stops, 1), suite.MaxPage))))
	for page := 0; ; page++ {
		response, err := w.Call(w.Context(), w.Conn(), w.list, asked.Interface())
		if err != nil {
			w.Fatalf("%s, page %d of a walk while records change: %s", w.with, page+1, suite.Words(err))
		}
		for _, row := range suite.Rows(response) {
			w.seen[key(row)]++
		}
		token := suite.Text(response.ProtoReflect(), "next_page_token")
		if token == "" {
			break
		}
		suite.Set(asked, "page_token", protoreflect.ValueOfString(token))
		switch {
		case page < 2*stops && len(w.touched) < len(w.rows)/2: // the others are what may be lost
			w.disturb(page)
		case page > 2*(len(w.rows)+stops):
			w.Fatalf("%s: the walk does not end while records change", w.with)
		}
	}
	for _, op := range slices.Sorted(maps.Keys(w.refused)) {
		w.Logf("%s between two pages is refused %d times, such as: %s", op, len(w.refused[op]), suite.Words(w.refused[op][0]))
	}
	if w.done == 0 {
		w.NotRun("nothing could be changed between two pages")
	}
	w.judge()
	w.next()
}

// disturb takes away a record that the walk has passed, changes two that it has
// passed and one that it has not, and adds one.
func (w *walk) disturb(page int) {
	text := fmt.Sprintf("conformance %d", page)
	if row := w.pick(true); w.remove != "" && w.Serves(w.remove) && page%2 == 1 && row != nil {
		ids := []string{suite.ID(row)}
		if over[w.list] != "" {
			ids = []string{field.Text(row, "ticket"), suite.ID(row)}
		}
		_, err := w.Call(w.Context(), w.Conn(), w.remove, w.Ask(w.remove, ids...))
		w.note(w.remove, key(row), "", err)
	}
	if w.update != "" && w.Serves(w.update) {
		for _, passed := range []bool{true, true, false} {
			if row := w.pick(passed); row != nil {
				w.note(w.update, key(row), text, w.change(w.T, row, text))
			}
		}
	}
	if w.create != "" && w.Serves(w.create) {
		if like := w.pick(false); like != nil {
			w.note(w.create, "", "", w.add(w.T, like, text))
		}
	}
}

// note keeps what was changed. What is refused is left: it is not what this is
// about.
func (w *walk) note(op, id, text string, err error) {
	switch {
	case err != nil:
		w.refused[op] = append(w.refused[op], err)
	default:
		w.done++
	}
	if id != "" { // even a write that failed may have moved the record
		w.touched[id] = text
	}
}

// pick is a record that nobody has touched and that can be: one that the walk has
// passed, the first first, or one that it has not, the last first.
func (w *walk) pick(passed bool) protoreflect.Message {
	rows := w.rows
	if w.list == "tickets.list" {
		rows = changeable(rows)
	}
	if !passed {
		rows = slices.Clone(rows)
		slices.Reverse(rows)
	}
	for _, row := range rows {
		_, touched := w.touched[key(row)]
		if !touched && w.seen[key(row)] > 0 == passed && field.Text(row, "locked") != "true" {
			return row
		}
	}
	return nil
}

func (w *walk) judge() {
	var lost []string
	repeated := 0
	for _, row := range w.rows {
		if _, touched := w.touched[key(row)]; touched {
			continue
		}
		switch n := w.seen[key(row)]; {
		case n == 0:
			lost = append(lost, inWords(row))
		case n > 1:
			repeated++
		}
	}
	if len(lost) > 0 {
		w.Errorf("%s, walked while other records changed, loses %d records that nobody touched: %s", w.with, len(lost), strings.Join(lost[:min(len(lost), told)], ", "))
	}
	if repeated > 0 {
		w.Logf("%s, walked while other records changed, repeats %d records", w.with, repeated)
	}
}

// next is the walk after: it finds what changed meanwhile.
func (w *walk) next() {
	since := w.Request(w.list)
	if since.ProtoReflect().Descriptor().Fields().ByName("updated_since") == nil || w.Unsupported(w.list, "updated_since") {
		return
	}
	now := map[string]protoreflect.Message{}
	for _, row := range w.List(w.Anew(), w.list, w.Request(w.list)) {
		now[key(row)] = row
	}
	var first time.Time
	for id, text := range w.touched {
		if at, ok := field.Time(orEmpty(now[id], w.rows[0]), "updated_at"); ok && text != "" && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	if first.IsZero() {
		return
	}
	suite.Set(since.ProtoReflect(), "updated_since", protoreflect.ValueOfMessage(timestamppb.New(first).ProtoReflect()))
	found := map[string]string{}
	for _, row := range w.List(w.Conn(), w.list, since) {
		found[key(row)] = field.Text(row, w.field)
	}
	for id, text := range w.touched {
		if now[id] == nil || text == "" || field.Text(now[id], w.field) != text {
			continue // it is gone, or the change was refused
		}
		if got, ok := found[id]; !ok || got != text {
			w.Errorf("%s was changed during the walk, and %s with updated_since=%s does not answer it with the new %s", id, w.list, first.Format(time.RFC3339), w.field)
		}
	}
}

// orEmpty is a row, or an empty one of the kind of another.
func orEmpty(row, kind protoreflect.Message) protoreflect.Message {
	if row == nil {
		return kind.New()
	}
	return row
}
