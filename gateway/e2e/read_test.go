package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// parts are what a caller includes, and the fields that come with each.
var parts = map[string][]string{
	"DESCRIPTION": {"description"}, "CUSTOM_FIELDS": {"custom_fields"}, "CONFIGURATIONS": {"configurations"},
	"CO_OWNERS": {"co_owners"}, "WATCHERS": {"watchers"}, "SLA": {"sla"}, "VENDOR": {"vendor"},
}

// TestInclude holds every part to be either there or named in omitted, in lists
// and alone.
func TestInclude(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	check := func(query string, r reply, record map[string]any, included ...string) {
		t.Helper()
		for part, fields := range parts {
			omitted := slices.Contains(r.list("omitted"), any(part))
			if omitted == slices.Contains(included, part) {
				t.Errorf("%s: omitted is %v", query, r.list("omitted"))
			}
			for _, field := range fields {
				if _, ok := record[field]; ok == omitted {
					t.Errorf("%s: %s omitted is %v, and %s is there: %v", query, part, omitted, field, ok)
				}
			}
		}
	}
	list := func(query string, included ...string) reply {
		t.Helper()
		r := w.get("/tickets?page_size=3&queue=Service%20Desk"+query).want(t, 200)
		for _, record := range objects(r.list("tickets")) {
			check(query, r, record, included...)
		}
		return r
	}
	list("")
	for part := range parts {
		list("&include="+part, part)
	}
	list("&include=SLA,VENDOR", "SLA", "VENDOR")
	list("&include=SLA&include=WATCHERS", "SLA", "WATCHERS")
	every := list("&include=DESCRIPTION,CUSTOM_FIELDS,CONFIGURATIONS,CO_OWNERS,WATCHERS,SLA,VENDOR",
		"DESCRIPTION", "CUSTOM_FIELDS", "CONFIGURATIONS", "CO_OWNERS", "WATCHERS", "SLA", "VENDOR")

	id := every.text("tickets", 0, "id")
	alone := w.get("/tickets/"+id).want(t, 200)
	record, _ := alone.at("ticket").(map[string]any)
	check("alone", alone, record, "DESCRIPTION", "CUSTOM_FIELDS", "CONFIGURATIONS", "CO_OWNERS", "WATCHERS", "SLA")
	whole := w.get("/tickets/"+id+"?include=VENDOR").want(t, 200)
	a, _ := json.Marshal(whole.at("ticket"))
	b, _ := json.Marshal(every.at("tickets", 0))
	if string(a) != string(b) {
		t.Errorf("alone it is\n%s\nand in the list\n%s", a, b)
	}

	for query, field := range map[string]string{"NOTES": "include", "sla": "include", "SLA,SLA": "include", "UNSPECIFIED": "include"} {
		if r := w.get("/tickets?include="+query).want(t, 400); !strings.HasPrefix(r.text("violations", 0, "field"), field) {
			t.Errorf("include=%s answers %s", query, r.body)
		}
	}
}

// TestVendorRecord holds the PSA's own record to come through as it is.
func TestVendorRecord(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	w.do("full", "PATCH", "/tickets/10300", `{"custom_fields":{"2":9007199254740991}}`).want(t, 200)
	got := w.get("/tickets/10300?include=VENDOR").want(t, 200)
	psa := w.psaTicket("10300")
	compact := func(r string) string {
		var raw json.RawMessage
		_ = json.Unmarshal([]byte(r), &raw)
		b, _ := json.Marshal(raw)
		return string(b)
	}
	var answer struct {
		Ticket struct{ Vendor json.RawMessage }
	}
	if err := json.Unmarshal([]byte(got.body), &answer); err != nil {
		t.Fatal(err)
	}
	// The links in _info say by which codebase the record was read.
	ours := strings.ReplaceAll(compact(string(answer.Ticket.Vendor)), "/v2025_1/", "/v4_6_release/")
	if theirs := compact(psa.body); ours != theirs {
		t.Errorf("the vendor record is\n%s\nthe PSA has\n%s", ours, theirs)
	}
	if !strings.Contains(ours, "9007199254740991") {
		t.Errorf("a large number is lost: %s", ours)
	}
}

// TestPageSize goes through the sizes and tokens that are wrong.
func TestPageSize(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	for _, size := range []string{"0", "201", "-1", "x", "1.5", "", "1&page_size=2", "99999999999"} {
		r := w.get("/tickets?page_size="+size).want(t, 400)
		if r.text("violations", 0, "field") != "page_size" {
			t.Errorf("page_size=%s answers %s", size, r.body)
		}
	}
	if n := len(w.get("/tickets").want(t, 200).list("tickets")); n != 50 {
		t.Errorf("a page holds %d tickets where no size is given", n)
	}
	if n := len(w.get("/tickets?page_size=200").want(t, 200).list("tickets")); n != 200 {
		t.Errorf("a page holds %d tickets of 200", n)
	}
	page := w.get("/tickets?page_size=5&queue=Alerts").want(t, 200)
	token := url.QueryEscape(page.text("next_page_token"))
	if next := w.get("/tickets?page_size=9&queue=Alerts&page_token="+token).want(t, 200); len(next.list("tickets")) != 9 {
		t.Errorf("another page size with the same token answers %s", next.body)
	}
	for name, r := range map[string]reply{
		"another query":     w.get("/tickets?queue=Field%20Service&page_token=" + token),
		"altered":           w.get("/tickets?queue=Alerts&page_token=A" + token),
		"nonsense":          w.get("/tickets?queue=Alerts&page_token=nonsense"),
		"another operation": w.get("/companies?page_token=" + token),
		"another agent":     w.do("readonly", "GET", "/tickets?queue=Alerts&page_token="+token, nil),
	} {
		if r.status != 400 || r.text("violations", 0, "field") != "page_token" {
			t.Errorf("%s: answered %d %s", name, r.status, r.body)
		}
	}
}

// TestWalkWhileRowsChange walks all pages while technicians change tickets
// between them: what was not changed comes, what was comes in the next walk.
func TestWalkWhileRowsChange(t *testing.T) {
	t.Parallel()
	for _, order := range []string{"updated_at", "updated_at desc", "id"} {
		t.Run(order, func(t *testing.T) {
			t.Parallel()
			w := startAt(t, theDay)
			all := w.tickets()
			begin := w.admin(http.MethodGet, "clock", nil).text("now")
			seen, changed := map[string]bool{}, map[string]bool{}
			path := "/tickets?page_size=40&order_by=" + url.QueryEscape(order)
			for page := 0; path != ""; page++ {
				r := w.get(path).want(t, 200)
				for n := range r.list("tickets") {
					seen[r.text("tickets", n, "id")] = true
				}
				for n := range 6 { // some seen already, some not yet
					id := text(all[(page*61+n*97)%len(all)], "id")
					if changed[id] || isProject(all[(page*61+n*97)%len(all)]) {
						continue
					}
					changed[id] = true
					w.act("jokafor", "PATCH", "/service/tickets/"+id, []any{map[string]any{"op": "replace", "path": "summary", "value": fmt.Sprintf("changed %d", page)}})
				}
				path = strings.TrimSuffix(strings.TrimPrefix(r.header.Get("Link"), "<"), `>; rel="next"`)
				path = strings.TrimPrefix(path, w.url)
			}
			for _, id := range w.walk(t, "updated_since="+begin, "id") {
				if changed[id] {
					seen[id] = true
				}
			}
			for _, ticket := range all {
				if id := text(ticket, "id"); !seen[id] {
					t.Errorf("ticket %s is lost (changed meanwhile: %v)", id, changed[id])
				}
			}
		})
	}
}

// TestETag goes through conditional reads and writes.
func TestETag(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	r := w.get("/tickets/10300").want(t, 200)
	tag, etag := r.header.Get("ETag"), r.text("ticket", "etag")
	if !strings.HasPrefix(tag, strings.TrimSuffix(etag, `"`)+".") || r.header.Get("Vary") != "Authorization" {
		t.Fatalf("ETag is %s of the etag %s, Vary %q", tag, etag, r.header.Get("Vary"))
	}
	same := w.do("full", "GET", "/tickets/10300", nil, "If-None-Match", tag).want(t, http.StatusNotModified)
	if same.body != "" || same.header.Get("ETag") != tag {
		t.Errorf("304 with %q and ETag %s", same.body, same.header.Get("ETag"))
	}
	if r := w.do("full", "GET", "/tickets/10300?include=VENDOR", nil, "If-None-Match", tag); r.status != 200 || r.header.Get("ETag") == tag {
		t.Errorf("another include answers %d with the ETag %s", r.status, r.header.Get("ETag"))
	}

	for n := range 2 { // by the record's etag, and by the ETag header
		match := []string{etag, tag}[n]
		r := w.do("full", "PATCH", "/tickets/10300", fmt.Sprintf(`{"title":"Version %d"}`, n), "If-Match", match).want(t, 200)
		w.same(w.psaTicket("10300"), fmt.Sprintf("Version %d", n), "summary")
		now := r.text("ticket", "etag")
		if now == etag {
			t.Errorf("the etag is still %s after a change", now)
		}
		writes := w.watch()
		stale := w.do("full", "PATCH", "/tickets/10300", `{"title":"Too late"}`, "If-Match", match).want(t, http.StatusPreconditionFailed)
		if stale.text("code") != "precondition_failed" || stale.text("etag") != now {
			t.Errorf("a stale etag answers %s, the etag is %s", stale.body, now)
		}
		if sent := writes(); len(sent) > 0 {
			t.Errorf("a stale write sent %v", sent)
		}
		again := w.get("/tickets/10300").want(t, 200)
		etag, tag = again.text("ticket", "etag"), again.header.Get("ETag")
		if etag != now {
			t.Errorf("the etag is %s after the write and %s when read", now, etag)
		}
	}
	w.do("full", "GET", "/tickets/10300", nil, "If-None-Match", tag).want(t, http.StatusNotModified)
	w.act("jokafor", "PATCH", "/service/tickets/10300", []any{map[string]any{"op": "replace", "path": "summary", "value": "By a technician"}})
	w.do("full", "GET", "/tickets/10300", nil, "If-None-Match", tag).want(t, 200)
	w.do("full", "POST", "/tickets/10300/transitions", `{"to":{"category":"NEW"}}`, "If-Match", etag).want(t, http.StatusPreconditionFailed)
	for _, bad := range []string{"abc", `W/"abc"`, `"a","b"`, `""`} {
		if r := w.do("full", "PATCH", "/tickets/10300", `{"title":"x"}`, "If-Match", bad).want(t, 400); r.text("violations", 0, "field") != "If-Match" {
			t.Errorf("If-Match: %s answers %s", bad, r.body)
		}
	}
}
