package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestClear clears with null what the PSA can clear, and names what it cannot.
func TestClear(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	w.do("full", "PATCH", "/tickets/10300", `{"owner":{"name":"Joy Okafor"},"due_at":"2026-03-09T16:00:00Z","estimated_seconds":5400,
		"external_id":"ext-1","watchers":[{"email":"a@b.example"}],"custom_fields":{"1":"HP-1","2":3}}`).want(t, 200)
	psa := w.psaTicket("10300")
	w.same(psa, "2026-03-09T16:00:00Z", "requiredDate")
	w.same(psa, "ext-1", "externalXRef")
	if psa.at("budgetHours") != 1.5 || !strings.HasPrefix(psa.text("automaticEmailCc"), "a@b.example") {
		t.Errorf("the PSA holds %v hours and copies %v", psa.at("budgetHours"), psa.at("automaticEmailCc"))
	}
	cleared := w.do("full", "PATCH", "/tickets/10300", `{"owner":null,"due_at":null,"estimated_seconds":null,"external_id":null,
		"watchers":null,"contact":null,"type":null,"custom_fields":{"1":null,"2":null}}`).want(t, 200)
	if cleared.text("receipt", "outcome") != "APPLIED" {
		t.Errorf("clearing answers %v", cleared.at("receipt"))
	}
	psa = w.psaTicket("10300")
	for _, member := range []string{"owner", "requiredDate", "budgetHours", "contact", "type", "subType", "item"} {
		if psa.at(member) != nil {
			t.Errorf("%s is still %v at the PSA", member, psa.at(member))
		}
	}
	if psa.text("externalXRef")+psa.text("automaticEmailCc")+psa.text("contactEmailAddress") != "" || psaField(psa, 1) != nil || psaField(psa, 2) != nil {
		t.Errorf("the PSA still holds %s", psa.body)
	}
	for _, field := range []string{"title", "status", "priority", "queue", "company", "description", "impact"} {
		r := w.do("full", "PATCH", "/tickets/10300", fmt.Sprintf(`{%q:null}`, field)).want(t, 400)
		if got := r.text("violations", 0, "field"); got != field {
			t.Errorf("clearing %s answers %s", field, r.body)
		}
	}
	if after := w.psaTicket("10300"); after.body != psa.body {
		t.Errorf("a refused write changed something")
	}
}

// TestCustomFields writes every type, one field at a time: the others stay.
func TestCustomFields(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	others := func(psa reply, but float64) string {
		fields := objects(psa.list("customFields"))
		fields = slices.DeleteFunc(fields, func(f map[string]any) bool { return f["id"] == but })
		b, _ := json.Marshal(fields)
		return string(b)
	}
	for n, c := range []struct {
		write, read string // the neutral value; read is the same where it is empty
		psa         any
	}{
		1:  {`"HP-0042"`, "", "HP-0042"},
		2:  {`12`, "", 12.0},
		3:  {`true`, "", true},
		4:  {`"2026-05-17"`, "", "2026-05-17T00:00:00Z"},
		5:  {`"Software defect"`, `"502"`, "Software defect"},
		6:  {`"602"`, "", "Silver"},
		7:  {`"https://vendor.example/case?id=7&x=ü"`, "", "https://vendor.example/case?id=7&x=ü"},
		8:  {`1234.5`, "", 1234.5},
		9:  {`"5035550000"`, "", "5035550000"},
		10: {`"First line\nsecond \"line\""`, "", "First line\nsecond \"line\""},
	} {
		if n == 0 {
			continue
		}
		if n == 3 { // the simulated tenant's flag is set already on some tickets
			w.do("full", "PATCH", "/tickets/10310", `{"custom_fields":{"3":false}}`).want(t, 200)
		}
		before := others(w.psaTicket("10310"), float64(n))
		path := fmt.Sprintf(`custom_fields["%d"]`, n)
		r := w.do("full", "PATCH", "/tickets/10310", fmt.Sprintf(`{"custom_fields":{"%d":%s}}`, n, c.write)).want(t, 200)
		w.applied(r, path)
		want := c.write
		if c.read != "" {
			want = c.read
		}
		var value any
		if err := json.Unmarshal([]byte(want), &value); err != nil {
			t.Fatal(err)
		}
		if got := w.get("/tickets/10310").at("ticket", "custom_fields", fmt.Sprint(n)); got != value {
			t.Errorf("field %d reads %v, want %v", n, got, value)
		}
		psa := w.psaTicket("10310")
		if got := psaField(psa, float64(n)); got != c.psa {
			t.Errorf("field %d is %v at the PSA, want %v", n, got, c.psa)
		}
		if after := others(psa, float64(n)); after != before {
			t.Errorf("writing field %d changed others:\n%s\n%s", n, before, after)
		}
		if again := w.do("full", "PATCH", "/tickets/10310", fmt.Sprintf(`{"custom_fields":{"%d":%s}}`, n, c.write)).want(t, 200); again.text("receipt", "outcome") != "UNCHANGED" {
			t.Errorf("the same value again answers %v", again.at("receipt"))
		}
	}
	team := w.do("full", "PATCH", "/tickets/10310", `{"custom_fields":{"vendor.billTime":"NoCharge","vendor.automaticEmailContactFlag":false}}`).want(t, 200)
	w.applied(team, `custom_fields["vendor.automaticEmailContactFlag"]`, `custom_fields["vendor.billTime"]`)
	w.same(w.psaTicket("10310"), "NoCharge", "billTime")
}

// refusals are writes of a ticket on the Service Desk that are refused as a
// whole, by the neutral path of what is wrong.
var refusals = map[string]struct{ body, field, says string }{
	"unknown custom field":       {`{"custom_fields":{"77":"x"}}`, `custom_fields["77"]`, "Asset Tag"},
	"custom field by its label":  {`{"custom_fields":{"Asset Tag":"x"}}`, `custom_fields["Asset Tag"]`, "1 (Asset Tag)"},
	"custom field of companies":  {`{"custom_fields":{"14":"x"}}`, `custom_fields["14"]`, "Asset Tag"},
	"number as text":             {`{"custom_fields":{"2":"12"}}`, `custom_fields["2"]`, "a number"},
	"no such option":             {`{"custom_fields":{"5":"Sabotage"}}`, `custom_fields["5"]`, "Hardware failure"},
	"no date":                    {`{"custom_fields":{"4":"17.5.2026"}}`, `custom_fields["4"]`, "2026-11-23"},
	"output-only field":          {`{"created_at":"2026-01-01T00:00:00Z"}`, "created_at", ""},
	"output-only id":             {`{"id":"4"}`, "id", ""},
	"unknown field":              {`{"titel":"x"}`, "titel", "title"},
	"unknown status":             {`{"status":{"name":"In Progres"}}`, "status.name", `"did_you_mean":"In Progress"`},
	"status of another queue":    {`{"status":{"name":"Monitoring"}}`, "status.name", "Waiting Parts"},
	"status id of another queue": {`{"status":{"id":"303"}}`, "status.id", "103"},
	"inactive status":            {`{"status":{"name":"Cancelled by Client"}}`, "status.name", "no longer in use"},
	"old status with new queue":  {`{"queue":{"name":"Alerts"},"status":{"name":"Waiting Parts"}}`, "status.name", "Monitoring"},
	"type of another queue":      {`{"type":{"name":"Capacity"}}`, "type.name", "Printing"},
	"subtype of another type":    {`{"type":{"name":"Printing"},"subtype":{"name":"VPN"}}`, "subtype.name", "Hardware"},
	"unknown queue":              {`{"queue":{"name":"Servce Desk"}}`, "queue.name", `"did_you_mean":"Service Desk"`},
	"unknown priority":           {`{"priority":{"name":"Priority 2 - Hihg"}}`, "priority.name", `"did_you_mean":"Priority 2 - High"`},
	"priority level":             {`{"priority":{"level":6}}`, "priority.level", ""},
	"unknown owner":              {`{"owner":{"name":"Joy Okafro"}}`, "owner.name", `"did_you_mean":"Joy Okafor"`},
	"owner who left":             {`{"owner":{"name":"Rosa Beck"}}`, "owner.name", "no longer"},
	"unknown company":            {`{"company":{"name":"Nobody Ltd"}}`, "company.name", "Nobody Ltd"},
	"unknown contact":            {`{"contact":{"name":"No Body"}}`, "contact.name", "No Body"},
	"no category left":           {`{"queue":{"name":"Internal IT"},"status":{"category":"WAITING_CUSTOMER"}}`, "status.category", ""},
	"long title":                 {`{"title":"` + strings.Repeat("ü", 101) + `"}`, "title", "100"},
	"title of two lines":         {`{"title":"a\nb"}`, "title", "one line"},
	"wrong type":                 {`{"title":7}`, "title", ""},
	"empty reference":            {`{"owner":{}}`, "owner", ""},
}

// TestRefused holds wrong writes to be refused by name, with nothing sent.
func TestRefused(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	w.do("full", "PATCH", "/tickets/10300", `{"status":{"category":"IN_PROGRESS"}}`).want(t, 200)
	before, writes := w.psaTicket("10300"), w.watch()
	for name, c := range refusals {
		r := w.do("full", "PATCH", "/tickets/10300", c.body)
		if r.status != 400 || r.text("code") != "invalid_argument" || !strings.HasPrefix(r.text("violations", 0, "field"), c.field) || !strings.Contains(r.body, strings.ReplaceAll(c.says, ">", `\u003e`)) {
			t.Errorf("%s: answered %d %s", name, r.status, r.body)
		}
	}
	several := w.do("full", "PATCH", "/tickets/10300", `{"status":{"name":"x"},"owner":{"name":"y"},"title":"`+strings.Repeat("z", 101)+`"}`).want(t, 400)
	if len(several.list("violations")) != 3 {
		t.Errorf("three mistakes are answered with %s", several.body)
	}
	if sent := writes(); len(sent) > 0 {
		t.Errorf("refused writes sent %v", sent)
	}
	if after := w.psaTicket("10300"); after.body != before.body {
		t.Error("a refused write changed something")
	}
	w.do("full", "PATCH", "/tickets/10300", `{"title":"`+strings.Repeat("ü", 100)+`"}`).want(t, 200)
	w.same(w.psaTicket("10300"), strings.Repeat("ü", 100), "summary")
	for _, id := range []string{"999999", "0", "x", "-1", "10300x"} {
		r := w.do("full", "PATCH", "/tickets/"+id, `{"title":"x"}`).want(t, http.StatusNotFound)
		if r.text("code") != "not_found" {
			t.Errorf("ticket %s answers %s", id, r.body)
		}
	}
}

// TestAmbiguous names a contact that a company has twice.
func TestAmbiguous(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	ticket := w.get("/tickets/10300").want(t, 200)
	var ids []string
	for _, c := range w.state("contacts") {
		if text(c, "company", "id") == ticket.text("ticket", "company", "id") && len(ids) < 2 {
			ids = append(ids, text(c, "id"))
			w.act("sgrant", "PATCH", "/company/contacts/"+text(c, "id"), []any{
				map[string]any{"op": "replace", "path": "firstName", "value": "Sam"}, map[string]any{"op": "replace", "path": "lastName", "value": "Twice"},
			})
		}
	}
	r := w.do("full", "PATCH", "/tickets/10300", `{"contact":{"name":"Sam Twice"}}`).want(t, 400)
	for _, id := range ids {
		if !slices.Contains(r.list("violations", 0, "allowed"), any(id)) {
			t.Errorf("contact %s is not among the allowed: %s", id, r.body)
		}
	}
	if r.text("violations", 0, "field") != "contact.name" || len(ids) != 2 || !strings.Contains(r.text("detail"), ids[0]+" is ") {
		t.Errorf("an ambiguous name answers %s", r.body)
	}
	w.do("full", "PATCH", "/tickets/10300", fmt.Sprintf(`{"contact":{"id":%q}}`, ids[1])).want(t, 200)
	if got := w.psaTicket("10300").idText("contact", "id"); got != ids[1] {
		t.Errorf("the contact is %s at the PSA, want %s", got, ids[1])
	}
}

// TestUnchanged sets what a ticket already is: nothing is sent.
func TestUnchanged(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	one := w.get("/tickets/10300").want(t, 200)
	body := map[string]any{}
	for _, field := range []string{"title", "status", "priority", "queue", "type", "owner", "company", "contact", "site", "impact", "urgency", "custom_fields", "watchers", "description", "resolution"} {
		body[field] = one.at("ticket", field)
	}
	writes := w.watch()
	for _, text := range []string{encode(t, body), `{"status":{"category":"CLOSED"},"priority":{"level":3}}`} {
		r := w.do("full", "PATCH", "/tickets/10300", text).want(t, 200)
		if r.text("receipt", "outcome") != "UNCHANGED" || r.text("ticket", "etag") != one.text("ticket", "etag") {
			t.Errorf("the same again answers %v", r.body)
		}
		dry := w.do("full", "PATCH", "/tickets/10300?dry_run=true", text).want(t, 200)
		if dry.text("receipt", "outcome") != "DRY_RUN" || len(dry.list("receipt", "reads")) == 0 || dry.text("receipt", "reads", 0, "method") != "GET" || dry.text("receipt", "notification", "expected") != "NOT_SENT" {
			t.Errorf("a dry run of the same again answers %v", dry.body)
		}
	}
	if sent := writes(); len(sent) > 0 {
		t.Errorf("the same again sent %v", sent)
	}
}
