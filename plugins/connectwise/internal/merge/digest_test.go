package merge

import (
	"fmt"
	"strings"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func noteAt(minute int, who, body string, visibility psav1.Visibility_V, change func(*psav1.Note_builder)) *psav1.Note {
	b := psav1.Note_builder{
		Body: &body, Visibility: &visibility, Author: psav1.Party_builder{Name: &who}.Build(),
		CreatedAt: timestamppb.New(time.Date(2026, 3, 2, 9, minute, 0, 0, time.UTC)),
	}
	if change != nil {
		change(&b)
	}
	return b.Build()
}

func TestDigest(t *testing.T) {
	t.Parallel()
	d := psav1.Ticket_builder{
		Id: new("12345"), Title: new("Printer is down"), CreatedAt: timestamppb.New(time.Date(2026, 3, 2, 8, 55, 0, 0, time.UTC)),
		Contact: psav1.ContactReference_builder{Name: new("Ivo Brandt"), Email: new("ivo@contoso.example")}.Build(),
	}.Build()
	notes := []*psav1.Note{
		noteAt(0, "Ivo Brandt", "It smokes.", psav1.Visibility_CUSTOMER, func(b *psav1.Note_builder) { b.Kind = new(psav1.NoteKind_DESCRIPTION) }),
		noteAt(5, "Dana Reyes", "Line one.\nLine two.", psav1.Visibility_INTERNAL, nil),
		noteAt(9, "Dana Reyes", "Replaced.", psav1.Visibility_INTERNAL, func(b *psav1.Note_builder) { b.Origin = new(psav1.Origin_TIME_ENTRY) }),
	}
	want := `Merged from 12345: Printer is down
Contact: Ivo Brandt ivo@contoso.example
Created: 2026-03-02 08:55 UTC

--- 2026-03-02 09:00 UTC, Ivo Brandt [customer, description]
It smokes.

--- 2026-03-02 09:05 UTC, Dana Reyes [internal]
Line one.
Line two.

--- 2026-03-02 09:09 UTC, Dana Reyes [internal, time entry]
Replaced.`
	if got := digest(d, notes); len(got) != 1 || got[0] != want {
		t.Errorf("got %q", got)
	}
	if got := digest(psav1.Ticket_builder{Id: new("5"), Title: new("x")}.Build(), nil); len(got) != 1 || got[0] != "Merged from 5: x" {
		t.Errorf("of a bare ticket %q", got)
	}
}

func TestLongDigestComesInParts(t *testing.T) {
	t.Parallel()
	d := psav1.Ticket_builder{Id: new("12345"), Title: new("x")}.Build()
	var notes []*psav1.Note
	for n := range 40 {
		notes = append(notes, noteAt(n, "Dana", strings.Repeat("ü", 2_000)+fmt.Sprintf("#%d#", n), psav1.Visibility_CUSTOMER, nil))
	}
	notes = append(notes, noteAt(50, "Dana", strings.Repeat("x", 70_000)+"#end", psav1.Visibility_CUSTOMER, nil))
	parts := digest(d, notes)
	whole := ""
	marks := map[string]bool{}
	for n, p := range parts {
		if length := len([]rune(p)); length > digestLimit {
			t.Errorf("part %d has %d characters", n, length)
		}
		mark := firstLine(p)
		if !strings.HasPrefix(mark, "Merged from 12345") || marks[mark] {
			t.Errorf("part %d begins with %q", n, mark)
		}
		marks[mark] = true
		whole += p
	}
	for n := range 40 {
		if strings.Count(whole, fmt.Sprintf("#%d#", n)) != 1 {
			t.Errorf("note %d is not there once", n)
		}
	}
	if strings.Count(whole, "x") < 70_000 || !strings.Contains(whole, "#end") || len(parts) < 5 {
		t.Errorf("%d parts, %d characters", len(parts), len(whole))
	}
}
