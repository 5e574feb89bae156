package merge

import (
	"fmt"
	"strings"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// digestLimit is how many characters one note of a digest has at most.
const digestLimit = 30_000

// timeFormat is how people read times in notes.
const timeFormat = "2006-01-02 15:04 UTC"

// digestMark is the first line of a digest, by which a repeated merge knows it.
func digestMark(duplicate string) string { return "Merged from " + duplicate }

// digest tells what a duplicate was: what it was about, and its notes, the oldest
// first, each with who wrote it and who saw it. It comes in several parts where
// one would be too long.
func digest(d *psav1.Ticket, notes []*psav1.Note) []string {
	head := []string{digestMark(d.GetId()) + ": " + d.GetTitle()}
	if c := d.GetContact(); c != nil {
		head = append(head, strings.TrimSpace(fmt.Sprintf("Contact: %s %s", c.GetName(), c.GetEmail())))
	}
	if d.HasCreatedAt() {
		head = append(head, "Created: "+d.GetCreatedAt().AsTime().Format(timeFormat))
	}
	blocks := []string{strings.Join(head, "\n")}
	for _, n := range notes {
		blocks = append(blocks, block(n))
	}
	var parts []string
	for _, b := range blocks {
		for _, piece := range pieces(b, digestLimit-100) { // the mark of a part takes the rest
			if last := len(parts) - 1; last >= 0 && len([]rune(parts[last]))+2+len([]rune(piece)) <= digestLimit-100 {
				parts[last] += "\n\n" + piece
			} else {
				parts = append(parts, piece)
			}
		}
	}
	for n := 1; n < len(parts); n++ {
		parts[n] = fmt.Sprintf("%s (%d of %d)\n\n%s", digestMark(d.GetId()), n+1, len(parts), parts[n])
	}
	return parts
}

// block is one note of a digest.
func block(n *psav1.Note) string {
	line := "--- "
	if n.HasCreatedAt() {
		line += n.GetCreatedAt().AsTime().Format(timeFormat) + ", "
	}
	line += n.GetAuthor().GetName()
	marks := []string{strings.ToLower(n.GetVisibility().String())}
	if n.GetKind() == psav1.NoteKind_DESCRIPTION || n.GetKind() == psav1.NoteKind_RESOLUTION {
		marks = append(marks, strings.ToLower(n.GetKind().String()))
	}
	if n.GetOrigin() == psav1.Origin_TIME_ENTRY {
		marks = append(marks, "time entry")
	}
	return fmt.Sprintf("%s [%s]\n%s", strings.TrimSuffix(line, ", "), strings.Join(marks, ", "), n.GetBody())
}

// pieces cuts a text so that no piece is longer than limit characters.
func pieces(text string, limit int) []string {
	var list []string
	runes := []rune(text)
	for len(runes) > limit {
		list = append(list, string(runes[:limit]))
		runes = runes[limit:]
	}
	return append(list, string(runes))
}

// firstLine is what a note is known by.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// closing is the note that a duplicate ends with.
func closing(survivor int, at time.Time) string {
	return closingMark(survivor) + at.UTC().Format(timeFormat) + ". Go on there."
}

// closingMark is what it begins with, by which a repeated merge knows it.
func closingMark(survivor int) string { return fmt.Sprintf("Merged into %d on ", survivor) }
