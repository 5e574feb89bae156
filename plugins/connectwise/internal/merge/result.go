package merge

import (
	"encoding/json"
	"fmt"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// results are what became of each duplicate, in the order of the request. rows are
// the tickets as they are now; nil is not known.
func (m *merged) results(p *plan, rows map[int]api.Row[api.Ticket]) []*psav1.MergedTicket {
	list := make([]*psav1.MergedTicket, len(p.duplicates))
	for n, d := range p.duplicates {
		b := psav1.MergedTicket_builder{Id: new(strconv.Itoa(d.row.Record.ID)), Lost: m.lost[n]}
		if d.done {
			b.Merged, b.AlreadyMerged = new(true), new(true)
		} else if rows != nil {
			b.Merged = new(p.holds(rows[d.row.Record.ID]))
		}
		if t := m.of[n]; t != nil {
			b.Steps = t.steps
		}
		list[n] = b.Build()
	}
	return list
}

// tell adds to the receipt what became of each duplicate: what the tickets show,
// and not what was answered.
func (m *merged) tell(p *plan, rows map[int]api.Row[api.Ticket], unread error, w *receipt.Write) {
	for n, d := range p.duplicates {
		id := d.row.Record.ID
		part := receipt.Part{Field: d.field, Asked: strconv.Itoa(id)}
		switch err := m.failed[n]; {
		case d.done, rows != nil && p.holds(rows[id]):
		case err != nil:
			part.Err = err
		case unread != nil:
			part.Err = fault.OutcomeUnknown("ConnectWise answered success, and the ticket could not be read again: " + fault.From(unread).Message)
		default:
			part.Skipped = fmt.Sprintf("ConnectWise answered success, and ticket %d does not show that it is merged", id)
		}
		w.Parts = append(w.Parts, part)
	}
	if rows == nil || p.emulated() {
		return
	}
	var survivor struct {
		HasMerged *bool `json:"hasMergedChildTicketFlag"`
	}
	if json.Unmarshal(rows[p.survivor.Record.ID].Raw, &survivor) == nil && survivor.HasMerged != nil && !*survivor.HasMerged {
		w.Warnings = append(w.Warnings, "ConnectWise does not show yet on the ticket that survives that others are merged into it")
	}
}

// carried says what becomes of the caller's wishes about what goes along with a
// merge of ConnectWise's own, which takes none (connectwise.md §7).
func carried(c *psav1.Carry, w *receipt.Write) {
	if c == nil {
		return
	}
	w.Warnings = append(w.Warnings, "carry has no effect: ConnectWise merges by itself, and shows the notes of the duplicates on the ticket that survives")
	stay := func(field string, asked bool) {
		if asked {
			w.Parts = append(w.Parts, receipt.Part{Field: "carry." + field, Asked: "NONE", Skipped: "ConnectWise merges by itself: nothing of a duplicate can be kept from going along"})
		}
	}
	stay("notes", c.GetNotes() == psav1.Carry_Notes_NONE)
	stay("attachments", c.GetAttachments() == psav1.Carry_Attachments_NONE)
}
