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

// TestOrderIsTheSameInEveryWalk reads a trail again and again, each time in
// another order of the server and with lines added, and walks it by pages.
func TestOrderIsTheSameInEveryWalk(t *testing.T) {
	t.Parallel()
	at := []api.AuditEntry{
		entry(10, "created"), entry(10, "status"), entry(10, "owner"), entry(10, "owner"), entry(11, "note"),
		entry(12, "note"), entry(12, "note"), entry(12, "note"), {Text: "no date"},
	}
	random := rand.New(rand.NewPCG(1, 2))
	for walk := range 50 {
		trail := slices.Clone(at)
		var got []api.AuditEntry
		var after key
		for page := 0; ; page++ {
			random.Shuffle(len(trail), func(i, j int) { trail[i], trail[j] = trail[j], trail[i] })
			lines := inOrder(trail)
			if page > 0 {
				lines = slices.DeleteFunc(lines, func(l line) bool { return l.key.compare(after) <= 0 })
			}
			if len(lines) == 0 {
				break
			}
			size := min(len(lines), 1+random.IntN(3))
			for _, l := range lines[:size] {
				got = append(got, l.entry)
			}
			after = lines[size-1].key
			if page < 3 {
				trail = append(trail, entry(13, "added"), entry(12, "note"))
			}
		}
		for _, want := range at {
			count := func(list []api.AuditEntry) (n int) {
				for _, e := range list {
					if e == want {
						n++
					}
				}
				return n
			}
			if count(got) < count(at) {
				t.Fatalf("walk %d: %v is there %d times, want %d", walk, want, count(got), count(at))
			}
		}
		if !slices.IsSortedFunc(got, func(a, b api.AuditEntry) int {
			if a.EnteredDate.IsZero() || b.EnteredDate.IsZero() {
				return 0
			}
			return a.EnteredDate.Compare(b.EnteredDate.Time)
		}) {
			t.Fatalf("walk %d: %v", walk, got)
		}
	}
}
