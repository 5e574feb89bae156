package e2e

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// all walks a list to its end.
func (w *world) all(path, field string) []map[string]any {
	w.t.Helper()
	var list []map[string]any
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	token := ""
	for range 50 {
		r := w.get(path+join+"page_size=37"+token).want(w.t, 200)
		list = append(list, objects(r.list(field))...)
		if r.text("next_page_token") == "" {
			return list
		}
		token = "&page_token=" + url.QueryEscape(r.text("next_page_token"))
	}
	w.t.Fatalf("%s does not end", path)
	return nil
}

func ids(list []map[string]any) []string {
	out := []string{}
	for _, m := range list {
		out = append(out, text(m, "id"))
	}
	slices.Sort(out)
	return out
}

// TestPeople compares companies, contacts and technicians with the PSA's own.
func TestPeople(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	every := map[string][]map[string]any{"companies": w.state("companies"), "contacts": w.state("contacts"), "technicians": w.state("members")}
	those := func(collection string, keep psaTest) []string {
		return ids(slices.DeleteFunc(slices.Clone(every[collection]), func(m map[string]any) bool { return !keep(m) }))
	}
	for path, c := range map[string]struct {
		field string
		want  []string
	}{
		"/companies": {"companies", those("companies", func(map[string]any) bool { return true })},
		"/companies?active=true": {"companies", those("companies", func(m map[string]any) bool {
			return m["deletedFlag"] != true && text(m, "status", "name") == "Active"
		})},
		"/contacts":             {"contacts", those("contacts", func(map[string]any) bool { return true })},
		"/contacts?company=285": {"contacts", those("contacts", psaIs(285.0, "company", "id"))},
		"/contacts?active=true": {"contacts", those("contacts", func(m map[string]any) bool { return m["inactiveFlag"] != true })},
	} {
		if got := ids(w.all(path, c.field)); !slices.Equal(got, c.want) {
			t.Errorf("%s gives %d, the PSA has %d: %v, %v", path, len(got), len(c.want), got, c.want)
		}
	}
	for _, company := range w.all("/companies", "companies") {
		psa := every["companies"][slices.IndexFunc(every["companies"], func(m map[string]any) bool { return text(m, "id") == text(company, "id") })]
		if text(company, "name") != text(psa, "name") || text(company, "code") != text(psa, "identifier") || text(company, "updated_at") != text(psa, "_info", "lastUpdated") {
			t.Errorf("the company %v is %v at the PSA", company, psa)
		}
	}
	active := []string{}
	for _, technician := range w.all("/technicians", "technicians") {
		psa := every["technicians"][slices.IndexFunc(every["technicians"], func(m map[string]any) bool { return text(m, "id") == text(technician, "id") })]
		if text(technician, "name") != text(psa, "firstName")+" "+text(psa, "lastName") || text(technician, "login") != text(psa, "identifier") ||
			technician["active"] == psa["inactiveFlag"] || (technician["agent_resource"] == true) != (text(psa, "identifier") == "deskgate") {
			t.Errorf("the technician %v is %v at the PSA", technician, psa)
		}
		active = append(active, text(technician, "id"))
	}
	if len(active) < 14 {
		t.Errorf("%d technicians of %d", len(active), len(every["technicians"]))
	}
	for _, path := range []string{"/companies/999999", "/contacts/999999", "/technicians/999999", "/companies/x", "/contacts/0", "/technicians/-1"} {
		if r := w.get(path).want(t, http.StatusNotFound); r.text("code") != "not_found" {
			t.Errorf("%s answers %s", path, r.body)
		}
	}
}

// TestCatalogue compares queues, statuses, types and the rest with the PSA's own.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	for path, c := range map[string]struct{ field, collection string }{
		"/queues": {"queues", "boards"}, "/statuses": {"statuses", "statuses"}, "/priorities": {"priorities", "priorities"}, "/sources": {"sources", "sources"},
	} {
		got := objects(w.get(path).want(t, 200).list(c.field))
		psa := w.state(c.collection)
		if !slices.Equal(ids(got), ids(psa)) {
			t.Errorf("%s gives %v, the PSA has %v", path, ids(got), ids(psa))
		}
		for _, entry := range got {
			same := psa[slices.IndexFunc(psa, func(m map[string]any) bool { return text(m, "id") == text(entry, "id") })]
			if text(entry, "name") != text(same, "name") || (entry["active"] == true) != (same["inactiveFlag"] != true && same["inactive"] != true) {
				t.Errorf("%s: %v is %v at the PSA", path, entry, same)
			}
			if c.collection == "statuses" && ((text(entry, "category") == "CLOSED") != (same["closedStatus"] == true) || text(entry, "queue", "id") != text(same, "board", "id")) {
				t.Errorf("the status %v is %v at the PSA", entry, same)
			}
		}
	}
	want := slices.DeleteFunc(w.state("statuses"), func(m map[string]any) bool { return text(m, "board", "name") != "Alerts" })
	for _, queue := range []string{"Alerts", "3", "id:3"} {
		if got := objects(w.get("/statuses?queue="+queue).want(t, 200).list("statuses")); !slices.Equal(ids(got), ids(want)) {
			t.Errorf("the statuses of queue %s are %v", queue, got)
		}
	}
	if r := w.get("/statuses?queue=Alrts").want(t, 400); r.text("violations", 0, "field") != "queue" || r.text("violations", 0, "did_you_mean") != "Alerts" {
		t.Errorf("a wrong queue answers %s", r.body)
	}
	types := map[float64][]string{}
	for _, c := range objects(w.get("/types?queue=Service%20Desk").want(t, 200).list("types")) {
		level, _ := c["level"].(float64)
		types[level] = append(types[level], text(c, "id"))
	}
	for level, collection := range map[float64]string{1: "types", 2: "subtypes", 3: "items"} {
		want := ids(slices.DeleteFunc(w.state(collection), func(m map[string]any) bool { return text(m, "board", "name") != "Service Desk" }))
		slices.Sort(types[level])
		if !slices.Equal(types[level], want) {
			t.Errorf("the types of level %v are %v, the PSA's %s %v", level, types[level], collection, want)
		}
	}
	fields := objects(w.get("/custom-fields?resource=ticket").want(t, 200).list("custom_fields"))
	kinds := map[string]bool{}
	for _, f := range w.state("userDefinedFields") {
		n := slices.IndexFunc(fields, func(d map[string]any) bool { return text(d, "id") == text(f, "id") })
		if ticket := slices.Contains([]string{"serviceTicket", "projectTicket"}, text(f, "screenId")); (n >= 0) != ticket {
			t.Errorf("custom field %v among those of tickets: %v", f["caption"], n >= 0)
		}
		if n >= 0 {
			kinds[text(fields[n], "type")] = true
			options, _ := fields[n]["options"].([]any)
			theirs, _ := f["options"].([]any)
			if text(fields[n], "label") != text(f, "caption") || len(options) != len(theirs) {
				t.Errorf("the custom field %v is %v at the PSA", fields[n], f)
			}
		}
	}
	for _, kind := range []string{"STRING", "TEXT", "NUMBER", "BOOL", "DATE", "SELECT", "URL"} {
		if !kinds[kind] {
			t.Errorf("no custom field is a %s: %v", kind, kinds)
		}
	}
}
