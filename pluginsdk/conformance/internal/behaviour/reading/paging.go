package reading

import (
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// paged are the operations that answer in pages.
var paged = []string{
	"tickets.list", "companies.list", "contacts.list", "configurations.list", "time_entries.list", "schedule_entries.list",
	"technicians.list", "technicians.workload", "catalogue.catalog_items",
	"notes.list", "attachments.list", "tickets.history", "sites.list",
}

func paging() []suite.Check {
	var checks []suite.Check
	for _, op := range paged {
		checks = append(checks,
			suite.Check{
				Name: "paging/" + op, About: "Pages of every size hold the same records in the same order, none twice and none lost.",
				Operations: []string{op}, Run: func(t *suite.T) { pages(t, op) },
			},
			suite.Check{
				Name: "paging_order/" + op, About: "The records come in the order that the contract says, or that the caller asks for.",
				Operations: []string{op}, Run: func(t *suite.T) { ordered(t, op) },
			},
			suite.Check{
				Name: "paging_tokens/" + op, About: "A page_token that is none, or is another list's, is refused by its name or does no harm.",
				Operations: []string{op}, Run: func(t *suite.T) { tokens(t, op) },
			})
	}
	for _, r := range resources {
		if len(r.parts) > 0 {
			checks = append(checks, suite.Check{
				Name: "paging_parts/" + r.list, About: "Pages that carry all parts, which a PSA has to be asked for, hold the same records as others.",
				Operations: []string{r.list}, Run: r.pagesOfParts,
			})
		}
	}
	return append(checks, changing()...)
}

// pagesOfParts walks a list with all parts: what costs more may come in smaller
// pages.
func (r resource) pagesOfParts(t *suite.T) {
	request := everything(t, r.list)
	rows := t.List(t.Conn(), r.list, request)
	if len(rows) == 0 {
		t.NotRun("there is no record to list")
	}
	same(t, r.list+" with all parts", suite.MaxPage, rows, t.List(t.Conn(), r.list, withParts(request, r.parts...)))
}

// pages walks a list in several page sizes: one, a few, one less than there are,
// as many as there are and one more.
func pages(t *suite.T, op string) {
	request := everything(t, op)
	whole := t.List(t.Conn(), op, request)
	if len(whole) == 0 {
		t.NotRun("there is no record to list")
	}
	n := int32(len(whole))
	sizes := []int32{7, min(n, suite.MaxPage), min(n+1, suite.MaxPage), max(min(n, suite.MaxPage)-1, 1)}
	if n <= few {
		sizes = append(sizes, 1, 2)
	}
	slices.Sort(sizes)
	for _, size := range slices.Compact(sizes) {
		pages := t.Walk(t.Conn(), op, request, size)
		for i, page := range pages {
			if len(page) == 0 && i > 0 {
				t.Logf("%s: page %d of %d rows is empty", op, i+1, size)
			}
		}
		same(t, op, size, whole, slices.Concat(pages...))
	}
	defaultPage(t, op, request, whole)
}

// few is how many rows are read one by one.
const few = 60

// defaultRows is the size of a page where the caller does not say.
const defaultRows = 50

func defaultPage(t *suite.T, op string, request proto.Message, whole []protoreflect.Message) {
	response, err := t.Call(t.Context(), t.Conn(), op, request)
	t.Must(err)
	rows, token := suite.Rows(response), suite.Text(response.ProtoReflect(), "next_page_token")
	if len(rows) > defaultRows {
		t.Errorf("%s answers %d rows where no page_size was given; %d is the default", op, len(rows), defaultRows)
	}
	if len(rows) < len(whole) && token == "" {
		t.Errorf("%s without a page_size answers %d of %d rows and no next_page_token", op, len(rows), len(whole))
	}
}

// key tells rows of one list apart: by their id, or what a row without one is about.
func key(row protoreflect.Message) string {
	if id := suite.ID(row); id != "" {
		return id
	}
	if row.Descriptor().Name() == "Workload" {
		return suite.ID(row.Get(row.Descriptor().Fields().ByName("technician")).Message())
	}
	text, err := proto.MarshalOptions{Deterministic: true}.Marshal(row.Interface())
	if err != nil {
		panic(err) // it came over the wire
	}
	return string(text)
}

// inWords is a row for a message to people.
func inWords(row protoreflect.Message) string {
	if id := suite.ID(row); id != "" {
		return id
	}
	return field.Show(row)
}

func same(t *suite.T, op string, size int32, want, got []protoreflect.Message) {
	left, whole := map[string]int{}, map[string]bool{} // how often a row is still to come; a history may have two alike
	for _, row := range want {
		left[key(row)]++
		whole[key(row)] = true
	}
	for _, row := range got {
		left[key(row)]--
		switch {
		case !whole[key(row)]:
			t.Errorf("%s in pages of %d answers %s, which pages of %d lack", op, size, inWords(row), suite.MaxPage)
		case left[key(row)] == -1:
			t.Errorf("%s in pages of %d answers %s twice", op, size, inWords(row))
		}
	}
	for i, row := range want {
		switch {
		case left[key(row)] > 0:
			t.Errorf("%s in pages of %d lacks %s, which pages of %d have", op, size, inWords(row), suite.MaxPage)
		case len(got) == len(want) && key(got[i]) != key(row):
			t.Errorf("%s in pages of %d has %s at place %d, pages of %d have %s there", op, size, inWords(got[i]), i+1, suite.MaxPage, inWords(row))
			return
		}
	}
}
