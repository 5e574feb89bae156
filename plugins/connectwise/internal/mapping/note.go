package mapping

import (
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/etag"
)

// timePrefix marks the notes that are the text of a time entry; their ids are of
// another sequence.
const timePrefix = "time-"

// NoteID is the neutral id of a note.
func NoteID(n *api.Note) string {
	if n.NoteType == "TimeEntryNote" {
		return timePrefix + strconv.Itoa(n.ID)
	}
	return strconv.Itoa(n.ID)
}

// Note maps a note. Which note is the ticket's description is not in the note
// itself, and is handed in.
func Note(ticketID int, note *api.Note, description bool, names Names) *psav1.Note {
	created := note.DateCreated
	if created.IsZero() {
		created = note.Info.DateEntered
	}
	b := psav1.Note_builder{
		Id:         new(NoteID(note)),
		Ticket:     new(strconv.Itoa(ticketID)),
		Origin:     new(psav1.Origin_NOTE),
		Kind:       new(psav1.NoteKind_NOTE),
		Visibility: new(psav1.Visibility_INTERNAL),
		Body:       new(Body(note.Text)),
		Format:     new(psav1.Format_PLAIN),
		Author:     author(note, names),
		CreatedAt:  Timestamp(created),
		UpdatedAt:  Timestamp(note.Info.LastUpdated),
		Notified:   new(psav1.Observed_UNKNOWN),
	}
	if b.CreatedAt == nil {
		// allNotes dates its rows by _info alone, on some servers by the last change.
		b.CreatedAt = b.UpdatedAt
	}
	if note.IsMarkdown {
		b.Format = new(psav1.Format_MARKDOWN)
	}
	// The flags decide, never internalFlag or externalFlag, which are both set on
	// any note (connectwise.md §9).
	if note.DetailDescription || note.Resolution {
		b.Visibility = new(psav1.Visibility_CUSTOMER)
	} else {
		b.Notified = new(psav1.Observed_NOT_SENT)
	}
	switch {
	case note.NoteType == "TimeEntryNote":
		b.Origin = new(psav1.Origin_TIME_ENTRY)
		b.TimeEntry = psav1.Reference_builder{Id: new(strconv.Itoa(note.ID))}.Build()
	case note.Merged || note.Bundled:
		b.Origin = new(psav1.Origin_MERGED)
	}
	switch {
	case note.Resolution:
		b.Kind = new(psav1.NoteKind_RESOLUTION)
	case description:
		b.Kind = new(psav1.NoteKind_DESCRIPTION)
	}
	n := b.Build()
	n.SetEtag(etag.Of(api.FormatTime(note.Info.LastUpdated.Time), n, notInEveryNote...))
	return n
}

// notInEveryNote names the fields of a note that the answer to a write does not
// carry as a list row does; they do not count for the etag.
var notInEveryNote = []protoreflect.Name{"origin", "kind", "format", "author", "created_at", "notified"}

// Body is a text with line ends as the neutral model has them.
func Body(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

func author(note *api.Note, n Names) *psav1.Party {
	switch {
	case note.Contact != nil && note.Contact.ID != 0:
		return psav1.Party_builder{
			Kind: new(psav1.PartyKind_CONTACT), Id: new(strconv.Itoa(note.Contact.ID)), Name: text(note.Contact.Name),
		}.Build()
	case note.Member != nil && note.Member.ID != 0:
		if m, ok := n.Members.ByID(note.Member.ID); ok {
			return MemberParty(m, n)
		}
		return psav1.Party_builder{
			Kind: new(psav1.PartyKind_TECHNICIAN), Id: new(strconv.Itoa(note.Member.ID)), Name: text(note.Member.Name),
		}.Build()
	}
	for _, name := range []string{note.CreatedBy, note.OriginalAuthor, note.Info.EnteredBy, note.Info.UpdatedBy} {
		if p := PartyByLogin(name, n); p != nil {
			return p
		}
	}
	return psav1.Party_builder{Kind: new(psav1.PartyKind_UNKNOWN)}.Build()
}
