package e2e

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestConfigurations goes through what an app does with the things that are looked
// after: it finds them, creates one once, changes it, and clears what it set.
func TestConfigurations(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay, `  defaults {
    configuration {
      type = "Managed Workstation"
    }
  }`)

	page := w.get("/configurations?company=Alder%20Creek%20Dental&page_size=2&include=CUSTOM_FIELDS").want(t, 200)
	if page.header.Get("X-Vendor-Requests") == "" || len(page.list("configurations")) != 2 || page.text("next_page_token") == "" || !reflect.DeepEqual(page.list("omitted"), []any{"VENDOR"}) {
		t.Errorf("the first page: %s", page.body)
	}
	rest := w.get("/configurations?company=Alder%20Creek%20Dental&page_size=2&include=CUSTOM_FIELDS&page_token="+page.text("next_page_token")).want(t, 200)
	if len(rest.list("configurations")) == 0 || rest.text("configurations", 0, "id") <= page.text("configurations", 1, "id") {
		t.Errorf("the second page: %s", rest.body)
	}
	first := page.text("configurations", 0, "id")
	one := w.get("/configurations/"+first).want(t, 200)
	if one.text("configuration", "etag") != page.text("configurations", 0, "etag") || one.header.Get("ETag") == "" {
		t.Errorf("row %s, record %s", page.body, one.body)
	}
	for path, field := range map[string]string{
		"/configurations?color=red": "color", "/configurations?type=Toaster": "type", "/configurations?active=perhaps": "active",
	} {
		if r := w.get(path).want(t, 400); r.text("violations", 0, "field") != field {
			t.Errorf("%s answers %s", path, r.body)
		}
	}
	w.get("/configurations/999999").want(t, http.StatusNotFound)
	w.do("readonly", "GET", "/configurations", nil).want(t, http.StatusForbidden)

	types := w.get("/configuration-types").want(t, 200)
	statuses := w.get("/configuration-statuses").want(t, 200)
	if types.text("configuration_types", 0, "name") == "" || statuses.text("configuration_statuses", 0, "name") != "Active" {
		t.Errorf("types %s, statuses %s", types.body, statuses.body)
	}

	body := `{"name":"ALD-WS77","company":{"name":"Alder Creek Dental"},"site":{"name":"Main"},"serial_number":"S-77","external_id":"rmm-77","warranty_until":"2029-06-30","custom_fields":{"vendor.ram":"16 GB"}}`
	writes := w.watch()
	dry := w.do("full", "POST", "/configurations?dry_run=true", body).want(t, 200)
	if sent := writes(); len(sent) > 0 || text(dry.json, "receipt", "planned", 0, "path") != "/company/configurations" {
		t.Errorf("a dry run sent %v and answered %s", sent, dry.body)
	}
	made := w.do("full", "POST", "/configurations", body).want(t, http.StatusCreated)
	id := made.text("configuration", "id")
	if made.header.Get("Location") != "/v1/connections/cw/configurations/"+id || !slices.Contains(made.list("receipt", "defaulted"), any("type")) || made.text("receipt", "outcome") != "APPLIED" {
		t.Errorf("created %s", made.body)
	}
	psa := w.vendor("/company/configurations/" + id)
	if psa.text("type", "name") != "Managed Workstation" || psa.text("deviceIdentifier") != "rmm-77" || psa.text("ram") != "16 GB" || psa.text("warrantyExpirationDate") != "2029-06-30T00:00:00Z" {
		t.Errorf("the PSA holds %s", psa.body)
	}
	if sent := writes(); len(sent) != 1 {
		t.Errorf("sent %v", sent)
	}
	again := w.do("full", "POST", "/configurations", body).want(t, 200)
	if again.text("configuration", "id") != id || again.at("receipt", "already_existed") != true || len(writes()) != 1 {
		t.Errorf("the same external id once more: %s", again.body)
	}
	other := w.do("full", "POST", "/configurations", strings.Replace(body, "ALD-WS77", "ALD-WS78", 1)).want(t, http.StatusConflict)
	if other.text("code") != "already_exists" || !strings.Contains(other.body, id) {
		t.Errorf("another with the same external id: %s", other.body)
	}

	etag := made.text("configuration", "etag")
	changed := w.do("full", "PATCH", "/configurations/"+id, `{"status":{"name":"Retired"},"active":false,"os":"Windows 11 Pro","serial_number":null,"custom_fields":{"vendor.ram":null}}`, "If-Match", etag).want(t, 200)
	if changed.text("receipt", "outcome") != "APPLIED" || changed.at("configuration", "active") != false || changed.at("configuration", "serial_number") != nil || changed.at("configuration", "custom_fields", "vendor.ram") != nil {
		t.Errorf("changed %s", changed.body)
	}
	w.do("full", "PATCH", "/configurations/"+id, `{"os":"Linux"}`, "If-Match", etag).want(t, http.StatusPreconditionFailed)
	for body, field := range map[string]string{
		`{"name":null}`:                        "name",
		`{"warranty_until":"2029-02-30"}`:      "warranty_until",
		`{"id":"5"}`:                           "id",
		`{"type":{"name":"Toaster"}}`:          "type.name",
		`{"custom_fields":{"vendor.color":1}}`: `custom_fields["vendor.color"]`,
	} {
		if r := w.do("full", "PATCH", "/configurations/"+id, body).want(t, 400); r.text("violations", 0, "field") != field {
			t.Errorf("%s answers %s", body, r.body)
		}
	}
}

// TestTicketsConfigurations links what a ticket is about.
func TestTicketsConfigurations(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	page := w.get("/configurations?company=id%3A285").want(t, 200)
	a, b := page.text("configurations", 0, "id"), page.text("configurations", 1, "id")
	made := w.do("full", "POST", "/tickets", `{"title":"Two devices","company":{"id":"285"},"configurations":[{"id":"`+a+`"}]}`).want(t, http.StatusCreated)
	id := made.text("ticket", "id")
	if made.text("receipt", "outcome") != "APPLIED" || made.text("ticket", "configurations", 0, "id") != a {
		t.Errorf("created %s", made.body)
	}
	changed := w.do("full", "PATCH", "/tickets/"+id, `{"configurations":[{"name":"`+page.text("configurations", 1, "name")+`"}]}`).want(t, 200)
	if changed.text("receipt", "outcome") != "APPLIED" || changed.text("receipt", "steps", 1, "name") != "remove configuration "+a {
		t.Errorf("changed %s", changed.body)
	}
	if linked := w.vendor("/service/tickets/" + id + "/configurations"); len(linked.list("items")) != 1 || linked.idText("items", 0, "id") != b {
		t.Errorf("the PSA holds %s", linked.body)
	}
	if again := w.get("/tickets/"+id).want(t, 200); again.text("ticket", "configurations", 0, "id") != b || again.text("ticket", "etag") != changed.text("ticket", "etag") {
		t.Errorf("read again %s", again.body)
	}
	if r := w.do("full", "PATCH", "/tickets/"+id, `{"configurations":[{"name":"NOSUCH"}]}`).want(t, 400); r.text("violations", 0, "field") != "configurations[0].name" {
		t.Errorf("an unknown name answers %s", r.body)
	}
}

// TestContactsAreWritten goes through what an app does with people.
func TestContactsAreWritten(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	made := w.do("full", "POST", "/contacts", `{"first_name":"Ann","last_name":"Lee","company":{"name":"Alder Creek Dental"},"emails":["ann@alder.example","lee@home.example"],"phone":"2075550100 x12","mobile":"2075550101"}`).want(t, http.StatusCreated)
	id := made.text("contact", "id")
	if made.header.Get("Location") != "/v1/connections/cw/contacts/"+id || made.text("receipt", "outcome") != "APPLIED" || made.text("contact", "email") != "ann@alder.example" || made.text("contact", "phone") != "2075550100 x12" {
		t.Errorf("created %s", made.body)
	}
	twice := w.do("full", "POST", "/contacts", `{"first_name":"Anna","company":{"name":"Alder Creek Dental"},"email":"LEE@home.example"}`).want(t, http.StatusConflict)
	if twice.text("code") != "already_exists" || !strings.Contains(twice.body, id) {
		t.Errorf("an address that is there answers %s", twice.body)
	}
	writes := w.watch()
	changed := w.do("full", "PATCH", "/contacts/"+id, `{"last_name":null,"title":"Nurse","email":"anna@alder.example","phone":null,"active":false}`, "If-Match", made.text("contact", "etag")).want(t, 200)
	if changed.text("receipt", "outcome") != "APPLIED" || changed.at("contact", "last_name") != nil || changed.at("contact", "active") != false || !reflect.DeepEqual(changed.list("contact", "emails"), []any{"anna@alder.example", "lee@home.example"}) {
		t.Errorf("changed %s", changed.body)
	}
	if sent := writes(); len(sent) != 1 || sent[0].method != "PATCH" {
		t.Errorf("sent %v", sent)
	}
	psa := w.vendor("/company/contacts/" + id)
	if len(psa.list("communicationItems")) != 3 || psa.at("inactiveFlag") != true {
		t.Errorf("the PSA holds %s", psa.body)
	}
	w.do("full", "PATCH", "/contacts/"+id, `{"title":"x"}`, "If-Match", made.text("contact", "etag")).want(t, http.StatusPreconditionFailed)
	for body, field := range map[string]string{
		`{"first_name":null}`: "first_name", `{"emails":["a"]}`: "emails[0]", `{"name":"x"}`: "name", `{"gets_mail":true}`: "gets_mail",
	} {
		if r := w.do("full", "PATCH", "/contacts/"+id, body).want(t, 400); r.text("violations", 0, "field") != field {
			t.Errorf("%s answers %s", body, r.body)
		}
	}
	if r := w.do("full", "PATCH", "/contacts/"+id, `{"vip":true}`).want(t, http.StatusNotImplemented); r.text("code") != "field_not_supported" {
		t.Errorf("special care answers %s", r.body)
	}
	w.do("full", "POST", "/contacts", `{"last_name":"Lee","company":{"id":"250"}}`).want(t, 400)
	w.do("readonly", "POST", "/contacts", `{"first_name":"x","company":{"id":"250"}}`).want(t, http.StatusForbidden)
}
