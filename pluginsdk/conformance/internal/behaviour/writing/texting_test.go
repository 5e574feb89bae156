package writing

import (
	"testing"
	"unicode/utf8"
)

func TestLong(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 40, 100, 32000} {
		text := long(n)
		if utf8.RuneCountInString(text) != n || text[n-1] != 'x' {
			t.Errorf("%d characters: %d, %.50q", n, utf8.RuneCountInString(text), text)
		}
	}
}

func TestLargest(t *testing.T) {
	t.Parallel()
	for message, test := range map[string]struct{ than, want int }{
		"title has 255 characters; the PSA holds at most 100": {255, 100}, "at most 8,000 characters": {32000, 8000}, "too long": {255, 0},
		"it has 32000 characters": {32000, 0}, "2 of 5 lines, 160 characters.": {255, 160},
	} {
		if got := largest(message, test.than); got != test.want {
			t.Errorf("%q: %d, want %d", message, got, test.want)
		}
	}
}

func TestMisspelt(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"High": "Hiqgh", "é": "qé", "": "q"} {
		if got := misspelt(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
