package mapping_test

import (
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
)

func TestHistory(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ line, want string }{
		"whole": {
			`{"text":"Status: New\r\nto Closed","enteredDate":"2026-03-02T09:00:00Z","enteredBy":"dreyes","auditType":"Ticket","auditSubType":"Status","auditSource":"Web"}`,
			`{"at":"2026-03-02T09:00:00Z","actor":{"kind":"UNKNOWN","name":"dreyes"},"kind":"Ticket/Status","text":"Status: New\nto Closed"}`,
		},
		"one kind":         {`{"text":"x","auditType":"Ticket","auditSubType":"Ticket"}`, `{"kind":"Ticket","text":"x"}`},
		"without a type":   {`{"text":"x","auditSubType":"Record"}`, `{"kind":"Record","text":"x"}`},
		"without anything": {`{}`, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line := decode[api.AuditEntry](t, test.line)
			same(t, mapping.History(&line, noNames), test.want)
		})
	}
}
