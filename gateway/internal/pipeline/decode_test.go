package pipeline

import (
	"strings"
	"testing"
)

func TestRecordETag(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		header, want string
		refused      bool
	}{
		"none":           {header: ""},
		"any":            {header: "*"},
		"the record's":   {header: `"b1946ac9"`, want: `"b1946ac9"`},
		"the answer's":   {header: ` "b1946ac9.e3b0c442" `, want: `"b1946ac9"`},
		"not quoted":     {header: `b1946ac9`, refused: true},
		"half quoted":    {header: `"b1946ac9`, refused: true},
		"one quote":      {header: `"`, refused: true},
		"empty":          {header: `""`, refused: true},
		"weak":           {header: `W/"b1946ac9"`, refused: true},
		"several":        {header: `"a", "b"`, refused: true},
		"nothing before": {header: `".e3b0c442"`, refused: true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, prob := recordETag(c.header)
			if (prob != nil) != c.refused || got != c.want {
				t.Errorf("recordETag(%q) = %q, %v; want %q, refused %v", c.header, got, prob, c.want, c.refused)
			}
		})
	}
}

func FuzzRecordETag(f *testing.F) {
	f.Add(`"b1946ac9.e3b0c442"`)
	f.Add(`"`)
	f.Add("*")
	f.Fuzz(func(t *testing.T, header string) {
		got, prob := recordETag(header)
		if prob != nil || got == "" {
			return
		}
		// What comes out is a whole etag, and stays itself.
		if again, prob := recordETag(got); prob != nil || again != got || strings.Contains(got, ".") {
			t.Errorf("recordETag(%q) = %q, and of that %q, %v", header, got, again, prob)
		}
	})
}
