package e2e

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// dryRuns are the writes, each as a path and body on a ticket of the Service Desk.
var dryRuns = map[string]struct{ method, path, body string }{
	"create":               {"POST", "/tickets", `{"title":"Dry","description":"Text","company":{"id":"285"},"queue":{"name":"Service Desk"},"status":{"category":"IN_PROGRESS"},"custom_fields":{"1":"HP-1"}}`},
	"update":               {"PATCH", "/tickets/10300", `{"title":"Dry","status":{"category":"IN_PROGRESS"},"description":"Other","custom_fields":{"2":8}}`},
	"move":                 {"PATCH", "/tickets/10300", `{"queue":{"name":"Alerts"}}`},
	"update without mail":  {"PATCH", "/tickets/10300", `{"status":{"category":"NEW"},"notify":{"contact":"SUPPRESS"}}`},
	"internal note":        {"POST", "/tickets/10300/internal-notes", `{"body":"Dry"}`},
	"customer note":        {"POST", "/tickets/10300/customer-notes", `{"body":"Dry","notify":{"contact":"SUPPRESS"}}`},
	"transition":           {"POST", "/tickets/10300/transitions", `{"to":{"category":"WAITING_CUSTOMER"},"comment":"Asked"}`},
	"closing a ticket":     {"POST", "/tickets/10300/transitions", `{"to":{"category":"RESOLVED"},"resolution":{"text":"Done"},"comment":"Bye","comment_to_customer":true,"notify":{"contact":"SUPPRESS"}}`},
	"writing a resolution": {"PATCH", "/tickets/10300", `{"resolution":{"text":"Other"},"status":{"category":"RESOLVED"}}`},
}

// TestDryRun compares what a dry run plans with what the write then sends.
func TestDryRun(t *testing.T) {
	t.Parallel()
	for name, c := range dryRuns {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := startAt(t, theDay)
			before, writes := w.psaTicket("10300"), w.watch()
			dry := w.do("full", c.method, c.path+"?dry_run=true", c.body).want(t, 200)
			if sent := writes(); len(sent) > 0 {
				t.Fatalf("a dry run sent %v", sent)
			}
			if dry.text("receipt", "outcome") != "DRY_RUN" || dry.header.Get("Location") != "" || w.psaTicket("10300").body != before.body || len(w.outbox()) > 0 {
				t.Errorf("the dry run answers %s", dry.body)
			}
			for _, secret := range []string{vendorPassword, "Dg7PublicDemoKey", vendorClientID, "Authorization"} {
				if strings.Contains(dry.body, secret) {
					t.Errorf("the dry run shows %s: %s", secret, dry.body)
				}
			}
			planned := []vendorWrite{}
			for _, q := range objects(dry.list("receipt", "planned")) {
				planned = append(planned, vendorWrite{text(q, "method"), text(q, "path"), q["body"]})
			}
			if r := w.do("full", c.method, c.path, c.body); r.status > 201 {
				t.Fatalf("the write answers %d %s", r.status, r.body)
			}
			if sent := writes(); !reflect.DeepEqual(sent, planned) {
				a, _ := json.Marshal(planned)
				t.Errorf("planned\n%s\nsent\n%v", a, sent)
			}
		})
	}
	w := startAt(t, theDay)
	for path, field := range map[string]string{"/tickets/10300?dry_run=1": "dry_run", "/tickets/10300?dry_run=true&dry_run=true": "dry_run"} {
		if r := w.do("full", "PATCH", path, `{"title":"x"}`).want(t, 400); r.text("violations", 0, "field") != field {
			t.Errorf("%s answers %s", path, r.body)
		}
	}
	w.get("/tickets/10300?dry_run=true").want(t, 400)
}

// TestCreate goes through what a create takes, fills and refuses.
func TestCreate(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	least := w.do("full", "POST", "/tickets", `{"title":"Least","company":{"id":"285"}}`).want(t, http.StatusCreated)
	id := least.text("ticket", "id")
	psa := w.psaTicket(id)
	for field, member := range map[string]string{"status": "status", "queue": "board", "priority": "priority"} {
		if !slices.Contains(least.list("receipt", "defaulted"), any(field)) || least.text("ticket", field, "id") != psa.idText(member, "id") {
			t.Errorf("%s is %v, the receipt says %v", field, least.at("ticket", field), least.at("receipt", "defaulted"))
		}
	}
	byContact := w.do("full", "POST", "/tickets", `{"title":"By contact","contact":{"id":"729"}}`).want(t, http.StatusCreated)
	if got := w.psaTicket(byContact.text("ticket", "id")).idText("company", "id"); got != "258" {
		t.Errorf("the company of contact 729 is %s", got)
	}
	whole := w.do("full", "POST", "/tickets", `{"title":"Whole","description":"Line\nüñ€ 😀","company":{"name":"Meridian Title & Escrow"},
		"queue":{"name":"Service Desk"},"status":{"name":"Assigned"},"priority":{"level":2},"type":{"name":"Network"},"subtype":{"name":"VPN"},"item":{"name":"Firewall"},
		"source":{"name":"Walk-up"},"owner":{"name":"jokafor"},"impact":"HIGH","urgency":"LOW","due_at":"2026-03-10T12:00:00Z","estimated_seconds":7200,
		"external_id":"mail-77","watchers":[{"email":"x@y.example"}],"custom_fields":{"1":"HP-9","3":true,"5":"Configuration"}}`).want(t, http.StatusCreated)
	if whole.text("receipt", "outcome") != "APPLIED" {
		t.Errorf("creating a whole ticket answers %v", whole.at("receipt"))
	}
	psa = w.psaTicket(whole.text("ticket", "id"))
	for member, want := range map[string]string{"board": "Service Desk", "status": "Assigned", "priority": "Priority 2 - High", "type": "Network",
		"subType": "VPN", "item": "Firewall", "source": "Walk-up", "owner": "Joy Okafor", "company": "Meridian Title & Escrow"} {
		w.same(psa, want, member, "name")
	}
	if psa.text("impact")+psa.text("severity")+psa.text("externalXRef")+psa.text("requiredDate") != "HighLowmail-772026-03-10T12:00:00Z" || psaField(psa, 5) != "Configuration" || psa.at("budgetHours") != 2.0 {
		t.Errorf("the PSA holds %s", psa.body)
	}
	if got := whole.text("ticket", "description"); got != "Line\nüñ€ 😀" {
		t.Errorf("the description is %q", got)
	}

	// Once per external id.
	again := w.do("full", "POST", "/tickets", `{"title":"Whole","company":{"id":"285"},"external_id":"mail-77"}`)
	if again.status != 200 || again.at("receipt", "already_existed") != true || again.text("ticket", "id") != whole.text("ticket", "id") {
		t.Errorf("the same external id answers %d %s", again.status, again.body)
	}
	other := w.do("full", "POST", "/tickets", `{"title":"Other","company":{"id":"285"},"external_id":"mail-77"}`).want(t, http.StatusConflict)
	if other.text("code") != "already_exists" || other.text("id") != whole.text("ticket", "id") {
		t.Errorf("another ticket of the same external id answers %s", other.body)
	}

	writes := w.watch()
	for body, field := range map[string]string{
		`{"company":{"id":"285"}}`:                                                     "title",
		`{"title":"","company":{"id":"285"}}`:                                          "title",
		`{"title":"x"}`:                                                                "company",
		`{"title":"x","company":{"name":"Nobody Ltd"}}`:                                "company.name",
		`{"title":"x","company":{"id":"285"},"id":"4"}`:                                "id",
		`{"title":"x","company":{"id":"285"},"status":{"name":"New"}}`:                 "status",
		`{"title":"x","company":{"id":"285"},"kind":"INCIDENT"}`:                       "kind",
		`{"title":"x","company":{"id":"285"},"source":{"name":"Fax"}}`:                 "source.name",
		`{"title":"x","company":{"id":"285"},"custom_fields":{"77":1}}`:                `custom_fields["77"]`,
		`{"title":"x","title":"y","company":{"id":"285"}}`:                             "title",
		`{"title":"x","company":{"id":"285"},"queue":{"name":"Projects"},"a":{"b":1}}`: "a",
	} {
		r := w.do("full", "POST", "/tickets", body)
		if r.status != 400 || !strings.HasPrefix(r.text("violations", 0, "field"), field) {
			t.Errorf("%s answers %d %s", body, r.status, r.body)
		}
	}
	if sent := writes(); len(sent) > 0 {
		t.Errorf("refused creates sent %v", sent)
	}
}

// TestTransitions moves tickets along their queue's statuses.
func TestTransitions(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	list := w.get("/tickets/10300/transitions").want(t, 200)
	var names []string
	for n, item := range objects(list.list("transitions")) {
		names = append(names, list.text("transitions", n, "to", "name"))
		if current := item["current"] == true; current != (names[n] == ">Closed") {
			t.Errorf("%s is current: %v", names[n], current)
		}
	}
	if want := []string{"New", "Assigned", "In Progress", "Waiting Client Response", "Waiting Parts", "Completed", ">Closed"}; !slices.Equal(names, want) {
		t.Errorf("the transitions are %v", names)
	}
	writes := w.watch()
	for _, to := range []string{`{"category":"CLOSED"}`, `{"name":">Closed"}`, `{"id":"107"}`} {
		if r := w.do("full", "POST", "/tickets/10300/transitions", `{"to":`+to+`}`).want(t, 200); r.text("receipt", "outcome") != "UNCHANGED" {
			t.Errorf("where it is already, it answers %v", r.at("receipt"))
		}
	}
	for to, field := range map[string]string{`{"name":"Monitoring"}`: "to.name", `{"name":"In Progres"}`: "to.name", `{"category":"OPEN"}`: "to.category", `{}`: "to"} {
		if r := w.do("full", "POST", "/tickets/10300/transitions", `{"to":`+to+`}`).want(t, 400); !strings.HasPrefix(r.text("violations", 0, "field"), field) {
			t.Errorf("to %s answers %s", to, r.body)
		}
	}
	code := w.do("full", "POST", "/tickets/10300/transitions", `{"to":{"name":"New"},"resolution":{"code":{"id":"1"},"text":"x"}}`).want(t, http.StatusNotImplemented)
	if code.text("code") != "field_not_supported" || code.text("violations", 0, "field") != "resolution.code" {
		t.Errorf("a resolution code answers %s", code.body)
	}
	if sent := writes(); len(sent) > 0 {
		t.Errorf("these sent %v", sent)
	}
	r := w.do("full", "POST", "/tickets/10300/transitions", `{"to":{"category":"NEW"},"comment":"Reopened"}`).want(t, 200)
	w.same(w.psaTicket("10300"), "New", "status", "name")
	notes := w.psaNotes("10300")
	if last := notes[len(notes)-1]; last["text"] != "Reopened" || last["internalAnalysisFlag"] != true || last["detailDescriptionFlag"] == true {
		t.Errorf("the comment is %v, the answer %s", last, r.body)
	}
	if len(r.list("receipt", "steps")) != 2 {
		t.Errorf("the steps are %v", r.at("receipt", "steps"))
	}
}
