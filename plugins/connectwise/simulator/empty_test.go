package simulator_test

import (
	"strings"
	"testing"
)

// TestEmptyReferences name nothing: what is required is missing, and the rest gets
// its default.
func TestEmptyReferences(t *testing.T) {
	t.Parallel()
	tn := start(t)
	for _, tt := range []struct {
		path, body, says string
		status           int
	}{
		{"/service/tickets", `{"summary":"x","company":{}}`, "company field is required", 400},
		{"/service/tickets", `{"summary":"x","company":{"id":null}}`, "company field is required", 400},
		{"/service/tickets", `{"summary":"x","company":{"id":258},"board":{}}`, `"Service Desk"`, 201},
		{"/service/tickets/10002/notes", `{"text":"a","internalAnalysisFlag":true,"member":{},"contact":{}}`, `"text": "a"`, 201},
		{"/time/entries", `{"timeStart":"2026-03-02T08:00:00Z","timeEnd":"2026-03-02T09:00:00Z","chargeToType":"ServiceTicket","chargeToId":10002,"member":{},"workRole":{},"workType":{}}`, "security permission", 403}, // the caller holds no time,
		{"/company/configurations", `{"name":"x","type":{},"company":{}}`, "field is required", 400},
	} {
		got := tn.call("POST", tt.path, tt.body)
		if got.status != tt.status || !strings.Contains(got.text, tt.says) {
			t.Errorf("%s %s answered %d %s", tt.path, tt.body, got.status, got.text)
		}
	}
}
