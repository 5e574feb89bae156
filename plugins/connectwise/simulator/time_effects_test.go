package simulator_test

import (
	"strings"
	"testing"
)

func TestTimeRights(t *testing.T) {
	t.Parallel()
	tn := start(t)
	ticket := tn.newTicket("")
	entry := tn.book(ticket, `,"actualHours":1`)
	for _, tt := range []struct {
		right, method, path, body string
		status                    int
	}{
		{"Time Entry:inquire", "GET", "/time/entries", "", 403},
		{"Time Entry:inquire", "GET", "/time/entries/count", "", 403},
		{"Time Entry:inquire=My", "GET", entry, "", 403}, // of another member
		{"Time Entry:add", "POST", "/time/entries", timeOn(ticket, ""), 403},
		{"Time Entry:add", "POST", "/time/entries/defaults", timeOn(ticket, ""), 403},
		{"Time Entry:add", "GET", entry, "", 200},
		{"Time Entry:add=My", "POST", "/time/entries", timeOn(ticket, ""), 403},
		{"Time Entry:edit", "PATCH", entry, "[]", 403},
		{"Time Entry:delete", "DELETE", entry, "", 403},
		{"Table Setup:inquire", "GET", "/time/workRoles", "", 403},
		{"Table Setup:inquire", "GET", "/system/locations/2/workRoles", "", 403},
		{"Table Setup:inquire", "GET", "/time/workRoles/info", "", 200},
		{"Table Setup:inquire", "GET", "/time/chargeCodes/info", "", 200},
		{"Agreements:inquire", "GET", "/finance/agreements", "", 403},
		{"Service Tickets:edit", "POST", "/time/entries", timeOn(ticket, ""), 201},
	} {
		tn.revoke(tt.right)
		if got := tn.call(tt.method, tt.path, tt.body); got.status != tt.status {
			t.Errorf("without %s %s %s answered %d %s, want %d", tt.right, tt.method, tt.path, got.status, got.text, tt.status)
		}
	}
	tn.revoke("Time Entry:inquire=My")
	if n := len(tn.list("/time/entries")); n != 0 {
		t.Errorf("a caller who sees his own time sees %d entries", n)
	}
	// A technician enters his own time, and no one else's.
	if got := tn.as("jokafor", "POST", "/time/entries", timeOn(ticket, "")); got.status != 403 {
		t.Errorf("time for a colleague answered %d", got.status)
	}
	if got := tn.as("mreyes", "POST", "/time/entries", timeOn(ticket, "")); got.status != 201 {
		t.Errorf("own time answered %d %s", got.status, got.text)
	}
}

func TestWorkRolesOfALocation(t *testing.T) {
	t.Parallel()
	tn := start(t)
	names := func(location string) string {
		var out []string
		for _, r := range tn.list("/system/locations/" + location + "/workRoles") {
			out = append(out, r.text("workRole/name"))
		}
		return strings.Join(out, ", ")
	}
	if got := names("2"); strings.Contains(got, "Harbor Technician") || !strings.Contains(got, "Systems Engineer") {
		t.Errorf("Portland has %s", got)
	}
	if got := names("38"); !strings.Contains(got, "Harbor Technician") {
		t.Errorf("Boston has %s", got)
	}
	tn.want(404, "GET", "/system/locations/404/workRoles", "")
}
func TestTimeNotesAndMails(t *testing.T) {
	t.Parallel()
	tn := start(t)
	for _, tt := range []struct {
		flags, shown, mailed string
	}{
		{``, "", ""},
		{`,"addToDetailDescriptionFlag":true`, "detailDescriptionFlag", ""},
		{`,"addToInternalAnalysisFlag":true`, "internalAnalysisFlag", ""},
		{`,"addToResolutionFlag":true`, "resolutionFlag", ""},
		{`,"addToDetailDescriptionFlag":true,"emailContactFlag":true`, "detailDescriptionFlag", "contact"},
		{`,"addToDetailDescriptionFlag":true,"emailCcFlag":true,"emailCc":"boss@aldercreek.example"`, "detailDescriptionFlag", "cc"},
		{`,"addToInternalAnalysisFlag":true,"emailContactFlag":true`, "internalAnalysisFlag", ""},
		{`,"emailContactFlag":true`, "", ""},
	} {
		tn.admin("reset", "")
		ticket := tn.newTicket(`,"contact":{"id":601},"processNotifications":false`)
		entry := tn.book(ticket, `,"actualHours":0,"notes":"Solved by restart."`+tt.flags)
		if got := tn.want(200, "GET", entry, ""); got["emailContactFlag"] != false || got["emailCc"] != nil {
			t.Errorf("%s: stored %v %v", tt.flags, got["emailContactFlag"], got["emailCc"])
		}
		notes := tn.list(ticket + "/allNotes")
		switch {
		case tt.shown == "" && len(notes) != 0, tt.shown != "" && len(notes) != 1:
			t.Errorf("%s: notes %v", tt.flags, notes)
		case tt.shown != "" && (notes[0][tt.shown] != true || notes[0].text("noteType") != "TimeEntryNote" || notes[0].text("text") != "Solved by restart." || notes[0].text("id") != "" || itoa(notes[0].int("id")) != number(entry)):
			t.Errorf("%s: note %v", tt.flags, notes[0])
		}
		if len(tn.list(ticket+"/notes")) != 0 {
			t.Errorf("%s: the time is among the ticket's own notes", tt.flags)
		}
		if got := tn.reasons(); got != tt.mailed {
			t.Errorf("%s mailed %q, want %q", tt.flags, got, tt.mailed)
		}
	}
}
