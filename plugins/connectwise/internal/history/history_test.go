package history

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

func entry(second int64, text string) api.AuditEntry {
	return api.AuditEntry{Text: text, EnteredDate: api.Stamp{Time: time.Unix(second, 0)}, Type: "Ticket"}
}

// TestNothingIsLostInAWalk reads a trail again and again, each time with lines
// added, with those of a second in another order and the whole from either end.
func TestNothingIsLostInAWalk(t *testing.T) {
	t.Parallel()
	at := []api.AuditEntry{
		entry(10, "created"), entry(10, "status"), entry(10, "owner"), entry(10, "owner"), entry(11, "note"),
		entry(12, "note"), entry(12, "note"), entry(12, "note"), {Text: "no date"},
	}
	random := rand.New(rand.NewPCG(1, 2))
	for walk := range 50 {
		trail := slices.Clone(at)
		var got []api.AuditEntry
		var p place
		for page := 0; ; page++ {
			random.Shuffle(len(trail), func(i, j int) { trail[i], trail[j] = trail[j], trail[i] })
			lines := slices.Clone(trail)
			slices.SortStableFunc(lines, func(a, b api.AuditEntry) int { return a.EnteredDate.Compare(b.EnteredDate.Time) })
			if random.IntN(2) == 0 {
				slices.Reverse(lines)
			}
			oldestFirst(lines)
			if page > 0 {
				lines = after(lines, p)
			}
			if len(lines) == 0 {
				break
			}
			for _, line := range lines[:min(len(lines), 1+random.IntN(3))] {
				got = append(got, line)
				p = p.past(&line)
			}
			if page < 3 {
				trail = append(trail, entry(13, "added"), entry(12, "note"))
			}
		}
		count := func(list []api.AuditEntry, want api.AuditEntry) (n int) {
			for _, e := range list {
				if e == want {
					n++
				}
			}
			return n
		}
		for _, want := range at {
			// More than at the start are those that were added meanwhile.
			if n := count(got, want); n < count(at, want) || n > count(trail, want) {
				t.Fatalf("walk %d: %v is there %d times, and the trail has %d", walk, want, n, count(trail, want))
			}
		}
		if !slices.IsSortedFunc(got, func(a, b api.AuditEntry) int { return a.EnteredDate.Compare(b.EnteredDate.Time) }) {
			t.Fatalf("walk %d: %v", walk, got)
		}
	}
}

// TestLinesOfOneSecondKeepTheirOrder holds that the server's order is kept where
// time tells none.
func TestLinesOfOneSecondKeepTheirOrder(t *testing.T) {
	t.Parallel()
	want := []api.AuditEntry{entry(10, "created"), entry(11, "status"), entry(11, "owner"), entry(11, "board"), entry(12, "note")}
	for _, newestFirst := range []bool{false, true} {
		got := slices.Clone(want)
		if newestFirst {
			slices.Reverse(got)
		}
		if oldestFirst(got); !slices.Equal(got, want) {
			t.Errorf("newest first %t: %v", newestFirst, got)
		}
	}
}
