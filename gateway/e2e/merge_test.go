package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// twins are two service tickets of one company, and one of another.
func (w *world) twins() (survivor, duplicate, other string) {
	w.t.Helper()
	by := map[string]string{}
	for _, ticket := range w.tickets() {
		if ticket["recordType"] != "ServiceTicket" {
			continue
		}
		id, company := text(ticket, "id"), text(ticket, "company", "id")
		switch first, ok := by[company]; {
		case !ok:
			by[company] = id
		case survivor == "":
			survivor, duplicate = first, id
		}
	}
	for company, id := range by {
		if company != w.psaTicket(survivor).idText("company", "id") {
			return survivor, duplicate, id
		}
	}
	w.t.Fatal("the seed has no such tickets")
	return "", "", ""
}

// TestMerge merges duplicates, and holds what is refused and confirmed.
func TestMerge(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	survivor, duplicate, other := w.twins()
	path := "/tickets/" + survivor + "/merges"
	w.do("readonly", "POST", path, `{"duplicates":[{"id":"`+duplicate+`"}]}`).want(t, http.StatusForbidden)
	written := w.watch()
	asks := w.do("full", "POST", path, `{"duplicates":[{"id":"`+other+`"}]}`).want(t, http.StatusUnprocessableEntity)
	if asks.text("reason") != "CONFIRMATION_REQUIRED" || asks.text("confirmations", 0, "code") != "other_company" || !strings.Contains(asks.text("confirmations", 0, "text"), other) {
		t.Errorf("another company answers %s", asks.body)
	}
	for body, field := range map[string]string{
		`{"duplicates":[{"id":"` + survivor + `"}]}`: "duplicates[0].id", `{"duplicates":[{"id":"99999999"}]}`: "duplicates[0].id",
		`{"duplicates":[]}`: "duplicates", `{}`: "duplicates", `{"duplicates":[{"name":"x"}]}`: "duplicates[0].id",
	} {
		if r := w.do("full", "POST", path, body).want(t, http.StatusBadRequest); r.text("violations", 0, "field") != field {
			t.Errorf("%s answers %s", body, r.body)
		}
	}
	dry := w.do("full", "POST", path+"?dry_run=true", `{"duplicates":[{"id":"`+duplicate+`"}],"note":"the same"}`).want(t, 200)
	if len(dry.list("receipt", "planned")) != 2 || dry.text("receipt", "planned", 1, "path") != "/service/tickets/"+survivor+"/merge" || dry.idText("receipt", "planned", 1, "body", "mergeTicketIds", 0) != duplicate {
		t.Errorf("dry run %s", dry.body)
	}
	if sent := written(); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}

	r := w.do("full", "POST", path+"?accept=other_company", `{"duplicates":[{"id":"`+duplicate+`"},{"id":"`+other+`"}],"note":"the same"}`).want(t, 200)
	if r.text("receipt", "outcome") != "APPLIED" || r.text("ticket", "id") != survivor || r.at("duplicates", 0, "merged") != true || r.at("duplicates", 1, "merged") != true || r.text("receipt", "notification", "observed") != "UNKNOWN" {
		t.Errorf("answered %s", r.body)
	}
	for _, id := range []string{duplicate, other} {
		if psa := w.psaTicket(id); psa.idText("mergedParentTicket", "id") != survivor || psa.at("closedFlag") != true {
			t.Errorf("the PSA has %s", psa.body)
		}
		if one := w.get("/tickets/"+id).want(t, 200); one.text("ticket", "merged_into", "id") != survivor || one.text("ticket", "status", "category") != "CLOSED" {
			t.Errorf("it reads %s", one.body)
		}
	}
	written = w.watch()
	again := w.do("full", "POST", path, `{"duplicates":[{"id":"`+duplicate+`"}]}`).want(t, 200)
	if again.text("receipt", "outcome") != "UNCHANGED" || again.at("duplicates", 0, "already_merged") != true || len(written()) > 0 {
		t.Errorf("again %s", again.body)
	}

	// What happened stands in the history of both.
	history := w.get("/tickets/"+duplicate+"/history?page_size=200").want(t, 200)
	told := slices.ContainsFunc(objects(history.list("history")), func(e map[string]any) bool { return strings.Contains(text(e, "text"), survivor) })
	if !told || history.header.Get("X-Vendor-Requests") != "1" {
		t.Errorf("the history is %s", history.body)
	}
	w.get("/tickets/99999999/history").want(t, http.StatusNotFound)
}

// addDocument puts a file on a ticket as somebody else would.
func (w *world) addDocument(ticket, name, content string) string {
	w.t.Helper()
	kind, body := form(w.t, part{"recordType", "", "Ticket"}, part{"recordId", "", ticket}, part{"title", "", name}, part{"privateFlag", "", "false"}, part{"file", name, content})
	request := w.vendorCall(http.MethodPost, "/system/documents", body)
	request.Header.Set("Content-Type", kind)
	return w.send(request).want(w.t, http.StatusCreated).idText("id")
}

// TestAttachmentsAreListedAndRemoved reads what there is to know of files that
// somebody else attached.
func TestAttachmentsAreListedAndRemoved(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	before := len(w.get("/tickets/10300/attachments").want(t, 200).list("attachments"))
	id := w.addDocument("10300", "error.log", "it broke")
	list := w.get("/tickets/10300/attachments?page_size=200").want(t, 200)
	if len(list.list("attachments")) != before+1 || list.header.Get("X-Vendor-Requests") != "1" {
		t.Errorf("the list is %s", list.body)
	}
	one := w.get("/tickets/10300/attachments/"+id).want(t, 200)
	if one.text("attachment", "file_name") != "error.log" || one.at("attachment", "size") != float64(8) || one.text("attachment", "visibility") != "CUSTOMER" || one.text("attachment", "content_type") != "text/plain" {
		t.Errorf("it is %s", one.body)
	}
	w.get("/tickets/10301/attachments/"+id).want(t, http.StatusNotFound)
	w.do("full", "DELETE", "/tickets/10301/attachments/"+id, nil).want(t, http.StatusNotFound)
	gone := w.do("full", "DELETE", "/tickets/10300/attachments/"+id, nil).want(t, 200).byKeyholder(t)
	if gone.text("receipt", "outcome") != "APPLIED" || gone.header.Get("X-Vendor-Requests") != "3" {
		t.Errorf("answered %s", gone.body)
	}
	w.get("/tickets/10300/attachments/"+id).want(t, http.StatusNotFound)
}
