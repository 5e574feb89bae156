package e2e

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// takesTime is a ticket of the Service Desk that time can be booked on.
func (w *world) takesTime() string {
	w.t.Helper()
	return w.get("/tickets?queue=Service%20Desk&status_category=IN_PROGRESS&unassigned=false&page_size=1").want(w.t, 200).text("tickets", 0, "id")
}

// planned are the writes that a dry run says it would send.
func (r reply) planned() []vendorWrite {
	planned := []vendorWrite{}
	for _, q := range objects(r.list("receipt", "planned")) {
		planned = append(planned, vendorWrite{text(q, "method"), text(q, "path"), q["body"]})
	}
	return planned
}

// TestTimeEntries books, reads, changes and deletes time.
func TestTimeEntries(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.takesTime()
	begun := time.Now().Add(-time.Hour).UTC().Truncate(time.Second)
	r := w.do("full", "POST", "/time-entries", encode(t, map[string]any{
		"ticket": map[string]any{"id": id}, "started_at": begun.Format(time.RFC3339), "duration_seconds": 900, "billing": "BILLABLE",
		"work_type": map[string]any{"name": "Remote Support"}, "summary": "Replaced toner",
	})).want(t, http.StatusCreated)
	entry := r.text("time_entry", "id")
	if location := r.header.Get("Location"); location != "/v1/connections/cw/time-entries/"+entry {
		t.Errorf("Location is %q", location)
	}
	psa := w.vendor("/time/entries/" + entry)
	if psa.text("member", "identifier") != "deskgate" || psa.text("enteredBy") == "deskgate" || psa.idText("chargeToId") != id || psa.text("timeStart") != begun.Format(time.RFC3339) ||
		psa.at("actualHours") != 0.25 || psa.text("notes") != "Replaced toner" || psa.at("addToInternalAnalysisFlag") != true || psa.at("addToDetailDescriptionFlag") != false {
		t.Errorf("the PSA holds %s", psa.body)
	}
	if r.text("receipt", "outcome") != "APPLIED" || r.text("receipt", "attributed_to", "kind") != "AGENT_RESOURCE" || r.text("receipt", "notification", "observed") != "NOT_SENT" || r.text("time_entry", "summary_visibility") != "INTERNAL" {
		t.Errorf("the answer is %s", r.body)
	}
	if mails := w.outbox(); len(mails) > 0 {
		t.Errorf("it mailed %v", mails)
	}
	found := false
	for _, note := range objects(w.get("/tickets/"+id+"/notes?origin=TIME_ENTRY").want(t, 200).list("notes")) {
		found = found || text(note, "time_entry", "id") == entry && text(note, "body") == "Replaced toner" && text(note, "visibility") == "INTERNAL" && text(note, "origin") == "TIME_ENTRY"
	}
	if !found {
		t.Error("the text is no note of the ticket")
	}
	one := w.get("/time-entries/"+entry).want(t, 200)
	list := w.get("/time-entries?ticket="+id+"&technician=deskgate&worked_from="+begun.Format(time.RFC3339)).want(t, 200)
	if len(list.list("time_entries")) != 1 || list.text("time_entries", 0, "etag") != one.text("time_entry", "etag") || !reflect.DeepEqual(one.at("time_entry"), r.at("time_entry")) {
		t.Errorf("listed %s\nread %s\nmade %s", list.body, one.body, r.body)
	}

	// The etag of what was read lets one write pass.
	tag := one.header.Get("ETag")
	changed := w.do("full", "PATCH", "/time-entries/"+entry, `{"duration_seconds":1800,"summary_visibility":"CUSTOMER"}`, "If-Match", tag).want(t, 200)
	if psa := w.vendor("/time/entries/" + entry); psa.at("actualHours") != 0.5 || psa.at("addToDetailDescriptionFlag") != true || psa.text("billableOption") != "Billable" || changed.text("receipt", "outcome") != "APPLIED" {
		t.Errorf("the PSA holds %s\nthe answer is %s", psa.body, changed.body)
	}
	for _, method := range []string{"PATCH", "DELETE"} {
		var body any
		if method == "PATCH" {
			body = `{"summary":"Lost"}`
		}
		if r := w.do("full", method, "/time-entries/"+entry, body, "If-Match", tag).problem(t, http.StatusPreconditionFailed, "precondition_failed"); w.vendor("/time/entries/"+entry).text("notes") != "Replaced toner" {
			t.Errorf("%s with an older etag: %s", method, r.body)
		}
	}
	gone := w.do("full", "DELETE", "/time-entries/"+entry, nil, "If-Match", changed.text("time_entry", "etag")).want(t, 200).byKeyholder(t)
	if gone.text("receipt", "outcome") != "APPLIED" {
		t.Errorf("the deletion answers %s", gone.body)
	}
	w.get("/time-entries/"+entry).problem(t, http.StatusNotFound, "not_found")
	w.do("full", "DELETE", "/time-entries/"+entry, nil).problem(t, http.StatusNotFound, "not_found")
}

// TestTimeThatEndsNow books a duration alone.
func TestTimeThatEndsNow(t *testing.T) {
	t.Parallel()
	w := start(t)
	before := time.Now().Add(-time.Second)
	r := w.do("full", "POST", "/time-entries", `{"ticket":{"id":"`+w.takesTime()+`"},"duration_seconds":600,"deduct_seconds":0,"summary":"x"}`).want(t, http.StatusCreated)
	psa := w.vendor("/time/entries/" + r.text("time_entry", "id"))
	end, err := time.Parse(time.RFC3339, psa.text("timeEnd"))
	if err != nil || end.Before(before) || end.After(time.Now()) {
		t.Errorf("it ends at %s", psa.text("timeEnd"))
	}
	if psa.text("timeStart") != end.Add(-10*time.Minute).Format(time.RFC3339) {
		t.Errorf("it starts at %s and ends at %s", psa.text("timeStart"), psa.text("timeEnd"))
	}
	for _, field := range []string{"technician", "started_at", "ended_at"} {
		if !slices.Contains(r.list("receipt", "defaulted"), any(field)) {
			t.Errorf("%s is not named as defaulted: %v", field, r.at("receipt"))
		}
	}
}

// TestTimeIsRefused has nothing sent that cannot be, and says what can.
func TestTimeIsRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.takesTime()
	writes := w.watch()
	for body, field := range map[string]string{
		`{"ticket":{"id":"` + id + `"},"summary":"x"}`:                                                                                             "input.duration_seconds",
		`{"duration_seconds":60,"summary":"x"}`:                                                                                                    "input.ticket",
		`{"ticket":{"id":"` + id + `"},"duration_seconds":60}`:                                                                                     "input.summary",
		`{"ticket":{"id":"999999"},"duration_seconds":60,"summary":"x"}`:                                                                           "ticket.id",
		`{"ticket":{"id":"` + id + `"},"duration_seconds":60,"summary":"x","work_role":{"name":"Harbor Technician"}}`:                              "work_role.name",
		`{"ticket":{"id":"` + id + `"},"duration_seconds":60,"summary":"x","work_type":{"name":"Regulr"}}`:                                         "work_type.name",
		`{"ticket":{"id":"` + id + `"},"duration_seconds":60,"deduct_seconds":61,"summary":"x"}`:                                                   "deduct_seconds",
		`{"ticket":{"id":"` + id + `"},"duration_seconds":60,"summary":"x","notify":{"contact":"SEND"}}`:                                           "notify.contact",
		`{"ticket":{"id":"` + id + `"},"started_at":"2026-03-02T10:00:00Z","ended_at":"2026-03-02T10:00:01Z","duration_seconds":60,"summary":"x"}`: "duration_seconds",
		`{"ticket":{"id":"` + id + `"},"duration_seconds":60,"summary":"x","locked":false}`:                                                        "locked",
	} {
		r := w.do("full", "POST", "/time-entries", body).problem(t, 400, "invalid_argument")
		if got := r.text("violations", 0, "field"); got != field && got != strings.TrimPrefix(field, "input.") {
			t.Errorf("%s answers %s", body, r.body)
		}
	}
	closed := w.get("/tickets?queue=Service%20Desk&status_category=CLOSED&page_size=1").text("tickets", 0, "id")
	r := w.do("full", "POST", "/time-entries", `{"ticket":{"id":"`+closed+`"},"duration_seconds":60,"summary":"x"}`).problem(t, 422, "failed_precondition")
	if r.text("reason") != "STATUS_TAKES_NO_TIME" || !strings.Contains(r.body, "In Progress") {
		t.Errorf("a closed ticket answers %s", r.body)
	}
	w.do("readonly", "POST", "/time-entries", `{"ticket":{"id":"`+id+`"},"duration_seconds":60,"summary":"x"}`).problem(t, 403, "permission_denied")
	w.do("readonly", "GET", "/time-entries", nil).problem(t, 403, "permission_denied")
	if sent := writes(); len(sent) > 0 {
		t.Errorf("these sent %v", sent)
	}
}

// TestDryRunsOfTimeAndReplies compares what dry runs plan with what is then sent.
func TestDryRunsOfTimeAndReplies(t *testing.T) {
	t.Parallel()
	begun := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	for name, c := range map[string]struct{ way, method, path, body string }{
		"book":           {"note", "POST", "/time-entries", `{"ticket":{"id":"TICKET"},"started_at":"` + begun + `","duration_seconds":900,"summary":"x","work_role":{"name":"Field Technician"}}`},
		"change":         {"note", "PATCH", "/time-entries/ENTRY", `{"duration_seconds":1200,"summary":"y"}`},
		"delete":         {"note", "DELETE", "/time-entries/ENTRY", ``},
		"reply by note":  {"note", "POST", "/tickets/TICKET/replies", `{"body":"x","status_after":{"category":"WAITING_CUSTOMER"}}`},
		"reply with all": {"time_entry", "POST", "/tickets/TICKET/replies", `{"body":"x","cc":["a@b.example"],"status_after":{"category":"WAITING_CUSTOMER"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, `customer_notification = "`+c.way+`"`)
			ticket := w.takesTime()
			w.switchMail(ticket, true)
			made := w.do("full", "POST", "/time-entries", `{"ticket":{"id":"`+ticket+`"},"started_at":"`+begun+`","duration_seconds":600,"summary":"x"}`).want(t, 201)
			fill := strings.NewReplacer("TICKET", ticket, "ENTRY", made.text("time_entry", "id"))
			c.path, c.body = fill.Replace(c.path), fill.Replace(c.body)
			var body any
			if c.body != "" {
				body = c.body
			}
			w.admin(http.MethodDelete, "requests", nil)
			dry := w.do("full", c.method, c.path+"?dry_run=true", body).want(t, 200)
			if sent := w.written(); len(sent) > 0 || len(w.outbox()) > 0 || dry.text("receipt", "outcome") != "DRY_RUN" {
				t.Fatalf("the dry run sent %v and answers %s", sent, dry.body)
			}
			if r := w.do("full", c.method, c.path, body); r.status > 201 {
				t.Fatalf("the write answers %d %s", r.status, r.body)
			}
			var sent []vendorWrite
			for _, q := range w.written() {
				_, path, _ := strings.Cut(q.Path, "/apis/3.0")
				v := vendorWrite{method: q.Method, path: path}
				if q.Body != "" {
					if err := json.Unmarshal([]byte(q.Body), &v.body); err != nil {
						t.Fatal(err)
					}
				}
				sent = append(sent, v)
			}
			planned := dry.planned()
			// A reply by time ends when it is sent, a moment after the dry run.
			for _, writes := range [][]vendorWrite{sent, planned} {
				if m, ok := writes[0].body.(map[string]any); ok && c.way == "time_entry" {
					if m["timeStart"] != m["timeEnd"] {
						t.Errorf("a reply takes time: %v", m)
					}
					delete(m, "timeStart")
					delete(m, "timeEnd")
				}
			}
			if !reflect.DeepEqual(sent, planned) {
				t.Errorf("planned\n%v\nsent\n%v", planned, sent)
			}
		})
	}
}

// TestTimeWhoseAnswerIsLost never books twice. Each case asks for another entry:
// of two that ask for the very same, one unknown, a found one is neither's for sure.
func TestTimeWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	w := startWith(t, briefly)
	id := w.takesTime()
	count := func() int { return len(w.get("/time-entries?ticket=" + id + "&page_size=200").list("time_entries")) }
	for name, c := range map[string]struct {
		fault  fault
		status int
		code   string
		more   int
	}{
		"done, no answer":     {fault{"fault": "drop_after"}, 201, "", 1},
		"not done, no answer": {fault{"fault": "drop_before"}, 409, "outcome_unknown", 0},
		"an error":            {answering(500), 409, "outcome_unknown", 0},
		"refused":             {answering(403), 403, "permission_denied", 0},
	} {
		before := count()
		w.put(c.fault.on("POST", "time/entries").times(1))
		w.admin(http.MethodDelete, "requests", nil)
		r := w.do("full", "POST", "/time-entries", `{"ticket":{"id":"`+id+`"},"duration_seconds":60,"summary":"`+name+`"}`).want(t, c.status)
		if c.code != "" {
			r.problem(t, c.status, c.code)
		}
		if sent := w.written(); len(sent) != 1 || count()-before != c.more {
			t.Errorf("%s: sent %v, %d more entries", name, sent, count()-before)
		}
	}
}

// TestWorkCatalogue lists what time is booked as.
func TestWorkCatalogue(t *testing.T) {
	t.Parallel()
	w := start(t)
	types := w.get("/work-types").want(t, 200)
	if len(types.list("work_types")) < 4 || types.text("work_types", 0, "billing_default") != "BILLABLE" {
		t.Errorf("work types %s", types.body)
	}
	all, own := w.get("/work-roles").want(t, 200), w.get("/work-roles?technician=Joy%20Okafor").want(t, 200)
	if !strings.Contains(all.body, "Harbor Technician") || strings.Contains(own.body, "Harbor Technician") || !strings.Contains(own.body, `"is_default":true`) {
		t.Errorf("all %s\nof a technician %s", all.body, own.body)
	}
	fields := w.get("/custom-fields?resource=time_entry").want(t, 200)
	if len(fields.list("custom_fields")) != 3 || fields.at("custom_fields", 0, "writable") != true || fields.text("custom_fields", 0, "label") != "Travel Zone" {
		t.Errorf("custom fields %s", fields.body)
	}
	booked := w.do("full", "POST", "/time-entries", `{"ticket":{"id":"`+w.takesTime()+`"},"duration_seconds":60,"summary":"x","custom_fields":{"51":"Beyond"}}`).want(t, http.StatusCreated)
	if psaField(w.vendor("/time/entries/"+booked.text("time_entry", "id")), 51) != "Beyond" {
		t.Errorf("booked %s", booked.body)
	}
	w.get("/work-roles?technician=Nobody").problem(t, 400, "invalid_argument")
}
