package mapping

import (
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

// History maps a line of the audit trail. ConnectWise tells changes in prose whose
// form is not documented, so that no field and no values are read out of it: a
// guess would look like a fact.
func History(e *api.AuditEntry, n Names) *psav1.HistoryEntry {
	kind := e.Type
	if e.SubType != "" && e.SubType != e.Type {
		if kind != "" {
			kind += "/"
		}
		kind += e.SubType
	}
	return psav1.HistoryEntry_builder{
		At: Timestamp(e.EnteredDate), Actor: PartyByLogin(e.EnteredBy, n), Kind: text(kind), Text: text(Body(e.Text)),
	}.Build()
}
