package e2e

import (
	"net/http"
	"slices"
	"strconv"
	"testing"
)

// switchMail sets what decides whether the tenant mails the contact of a ticket.
func (w *world) switchMail(ticket string, on bool) {
	w.t.Helper()
	w.act("jokafor", "PATCH", "/service/tickets/"+ticket, []any{map[string]any{"op": "replace", "path": "automaticEmailContactFlag", "value": on}})
	if got := w.psaTicket(ticket).at("automaticEmailContactFlag"); got != on {
		w.t.Fatalf("the ticket's flag is %v", got)
	}
}

// TestNotesAndMail holds who is mailed against what the receipts promise.
func TestNotesAndMail(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	const id = "10300" // of the Service Desk, which mails contacts
	contacts := func() int {
		n := 0
		for _, mail := range w.outbox() {
			if mail["reason"] == "contact" {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		on               bool // the ticket mails its contact
		notify           string
		status           int
		expected, observ string
		mails            int
	}{
		{true, "", 201, "SENT", "UNKNOWN", 1},
		{true, `,"notify":{"contact":"DEFAULT"}`, 201, "SENT", "UNKNOWN", 1},
		{true, `,"notify":{"contact":"SEND"}`, 201, "SENT", "UNKNOWN", 1},
		{true, `,"notify":{"contact":"SUPPRESS"}`, 201, "NOT_SENT", "NOT_SENT", 0},
		{false, "", 201, "NOT_SENT", "NOT_SENT", 0},
		{false, `,"notify":{"contact":"SUPPRESS"}`, 201, "NOT_SENT", "NOT_SENT", 0},
		{false, `,"notify":{"contact":"SEND"}`, 422, "", "", 0},
		{false, `,"notify":{"contact":"SEND","best_effort":true}`, 201, "NOT_SENT", "NOT_SENT", 0},
	} {
		w.switchMail(id, c.on)
		before, notes := contacts(), len(w.psaNotes(id))
		r := w.do("full", "POST", "/tickets/"+id+"/customer-notes", `{"body":"We are on it."`+c.notify+`}`).want(t, c.status)
		if got := contacts() - before; got != c.mails {
			t.Errorf("mail on: %v, %s: %d mails to the contact, want %d", c.on, c.notify, got, c.mails)
		}
		if c.status == 422 {
			if r.text("code") != "failed_precondition" || len(w.psaNotes(id)) != notes {
				t.Errorf("what cannot be promised answers %s", r.body)
			}
			continue
		}
		if r.text("receipt", "notification", "expected") != c.expected || r.text("receipt", "notification", "observed") != c.observ || r.text("receipt", "notification", "evidence") == "" {
			t.Errorf("mail on: %v, %s: the receipt says %v", c.on, c.notify, r.at("receipt", "notification"))
		}
		if r.text("note", "visibility") != "CUSTOMER" || len(w.psaNotes(id)) != notes+1 {
			t.Errorf("the note is %s", r.body)
		}
		if on := w.psaTicket(id).at("automaticEmailContactFlag"); on != c.on {
			t.Errorf("a note moved the ticket's flag to %v", on)
		}
	}

	w.switchMail(id, true)
	before := len(w.outbox())
	internal := w.do("full", "POST", "/tickets/"+id+"/internal-notes", `{"body":"Client is upset."}`).want(t, http.StatusCreated)
	if mails := w.outbox(); len(mails) != before {
		t.Errorf("an internal note mailed %v", mails[before:])
	}
	if internal.text("note", "visibility") != "INTERNAL" || internal.text("receipt", "notification", "observed") != "NOT_SENT" {
		t.Errorf("the internal note is %s", internal.body)
	}
	for field, body := range map[string]string{"title": `{"title":"x","body":"y"}`, "notify": `{"body":"y","notify":{"contact":"SEND"}}`, "body": `{"body":""}`, "visibility": `{"body":"y","visibility":"CUSTOMER"}`} {
		if r := w.do("full", "POST", "/tickets/"+id+"/internal-notes", body); r.status < 400 || r.text("violations", 0, "field") != field {
			t.Errorf("%s answers %d %s", body, r.status, r.body)
		}
	}
}

// TestNotes writes and reads notes with all that a text can hold.
func TestNotes(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	agent := w.vendor("/system/members/151")
	for _, body := range []string{"one line", "two\nlines", "two\r\nlines", "üñ€ 😀 \u202e<b>&amp;</b> \"quoted\" \\n", "  indented\n\n\tcode  x"} {
		r := w.do("full", "POST", "/tickets/10300/internal-notes", encode(t, map[string]any{"body": body})).want(t, http.StatusCreated)
		if r.text("receipt", "outcome") != "APPLIED" {
			t.Errorf("%q: the receipt is %v", body, r.at("receipt"))
		}
		if r.text("receipt", "attributed_to", "id") != "151" || r.text("receipt", "attributed_to", "name") != agent.text("firstName")+" "+agent.text("lastName") || r.text("note", "author", "id") != "151" {
			t.Errorf("the note is attributed to %v, author %v", r.at("receipt", "attributed_to"), r.at("note", "author"))
		}
		id := r.text("note", "id")
		if location := r.header.Get("Location"); location != "/v1/connections/cw/tickets/10300/notes/"+id {
			t.Errorf("Location is %q", location)
		}
		one := w.get("/tickets/10300/notes/"+id).want(t, 200)
		if sameLines(one.text("note", "body")) != sameLines(body) {
			t.Errorf("the note reads %q, want %q", one.text("note", "body"), body)
		}
		psa := w.vendor("/service/tickets/10300/notes/" + id)
		if sameLines(psa.text("text")) != sameLines(body) || psa.text("member", "identifier") != "deskgate" {
			t.Errorf("the PSA has %s", psa.body)
		}
	}
	// Pages of notes hold every note once, the newest last.
	whole := w.get("/tickets/10300/notes?page_size=200").want(t, 200)
	var paged []string
	path := "/tickets/10300/notes?page_size=2"
	for path != "" {
		r := w.get(path).want(t, 200)
		for n := range r.list("notes") {
			paged = append(paged, r.text("notes", n, "id"))
		}
		if path = ""; r.text("next_page_token") != "" {
			path = "/tickets/10300/notes?page_size=2&page_token=" + r.text("next_page_token")
		}
	}
	var ids []string
	last := ""
	for n := range whole.list("notes") {
		ids = append(ids, whole.text("notes", n, "id"))
		if at := whole.text("notes", n, "created_at"); at < last {
			t.Errorf("note %s of %s comes after %s", ids[n], at, last)
		} else {
			last = at
		}
	}
	if !slices.Equal(ids, paged) {
		t.Errorf("in pages there are %v, at once %v", paged, ids)
	}
	for _, note := range w.psaNotes("10300") {
		if !slices.Contains(ids, text(note, "id")) {
			t.Errorf("note %s is not listed", text(note, "id"))
		}
	}
	w.get("/tickets/10300/notes/4711").want(t, http.StatusNotFound)
	w.get("/tickets/999999/notes").want(t, http.StatusNotFound)
	w.do("full", "POST", "/tickets/999999/internal-notes", `{"body":"x"}`).want(t, http.StatusNotFound)
}

// TestNoteKinds compares every note of many tickets with the PSA's flags.
func TestNoteKinds(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	own := map[string]map[string]any{}
	for _, note := range w.state("notes") {
		own[text(note, "id")] = note
	}
	seen := map[string]int{}
	for n := 10300; n < 10340; n++ {
		r := w.get("/tickets/" + strconv.Itoa(n) + "/notes?page_size=200")
		if r.status == http.StatusNotFound { // a project's ticket
			continue
		}
		for _, note := range objects(r.want(t, 200).list("notes")) {
			seen[text(note, "origin")+" "+text(note, "kind")+" "+text(note, "visibility")]++
			psa, ok := own[text(note, "id")]
			if !ok {
				continue // of a time entry
			}
			want := "INTERNAL"
			if psa["detailDescriptionFlag"] == true || psa["resolutionFlag"] == true {
				want = "CUSTOMER"
			}
			if text(note, "visibility") != want || (text(note, "kind") == "RESOLUTION") != (psa["resolutionFlag"] == true) || sameLines(text(note, "body")) != sameLines(text(psa, "text")) {
				t.Errorf("the note %v is %v at the PSA", note, psa)
			}
		}
	}
	for _, kind := range []string{"NOTE DESCRIPTION CUSTOMER", "NOTE NOTE INTERNAL", "NOTE NOTE CUSTOMER", "NOTE RESOLUTION CUSTOMER"} {
		if seen[kind] == 0 {
			t.Errorf("no note is %s: %v", kind, seen)
		}
	}
	if len(seen) < 5 {
		t.Errorf("no texts of time entries: %v", seen)
	}
}

// TestDryRunsTellOfMail holds that what is known of mail beforehand is told.
func TestDryRunsTellOfMail(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	for _, c := range []struct{ method, path, body string }{
		{"PATCH", "/tickets/10300", `{"title":"another"}`},
		{"POST", "/tickets/10300/internal-notes", `{"body":"x"}`},
		{"POST", "/tickets/10300/customer-notes", `{"body":"x"}`},
	} {
		dry := w.do("full", c.method, c.path+"?dry_run=true", c.body).want(t, 200)
		if dry.text("receipt", "outcome") != "DRY_RUN" || dry.text("receipt", "notification", "expected") == "" {
			t.Errorf("%s %s: %s", c.method, c.path, dry.body)
		}
		if c.method == "POST" && dry.text("receipt", "attributed_to", "kind") != "AGENT_RESOURCE" {
			t.Errorf("%s is attributed to nobody: %s", c.path, dry.body)
		}
	}
}
