package suggest_test

import (
	"strings"
	"testing"

	"github.com/deskgate/deskgate/gateway/internal/suggest"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"title", "queue", "status", "status_category", "record_type", "custom_fields", "id", "listen", "info", "IN_PROGRESS", "tickets.create"}
	for given, want := range map[string]string{
		"titel":          "title",  // two letters swapped
		"tile":           "title",  // one lacks
		"quue":           "queue",  // one lacks
		"statuss":        "status", // one too many
		"state":          "status", // a third is wrong
		"lisen":          "listen",
		"inof":           "info",
		"recordType":     "record_type", // another spelling
		"Custom-Fields":  "custom_fields",
		"in progress":    "IN_PROGRESS",
		"statuscategroy": "status_category",
		"ticket.create":  "tickets.create",
		"tickets.remove": "", // as long as the end is another word
		"xy":             "", // half of it is wrong
		"priority":       "",
		"t":              "",
		"":               "",
		"ticket":         "",
	} {
		if got := suggest.Nearest(given, names); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
	long := strings.Repeat("x", 200)
	if got := suggest.Nearest(long, []string{long + "x"}); got != "" {
		t.Errorf("a hostile name was compared: %q", got)
	}
}

func FuzzNearest(f *testing.F) {
	f.Add("titel", "title")
	f.Add("é", "e")
	f.Add("\xff", "\xfe")
	f.Fuzz(func(t *testing.T, given, name string) {
		got := suggest.Nearest(given, []string{name})
		if got != "" && got != name {
			t.Errorf("%q is none of %q", got, name)
		}
	})
}
