package runner

import (
	"slices"
	"strings"
	"testing"
)

func cut(chunks ...string) []string {
	var got []string
	w := NewLineWriter(func(l []byte) { got = append(got, string(l)) })
	for _, c := range chunks {
		if n, err := w.Write([]byte(c)); n != len(c) || err != nil {
			panic("a LineWriter never fails")
		}
	}
	w.Flush()
	return got
}

func TestLineWriter(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxLine)
	for name, test := range map[string]struct{ in, want []string }{
		"whole lines":          {[]string{"a\nb\r\n\nc\n"}, []string{"a", "b", "c"}},
		"pieces":               {[]string{"a", "b\nc", "d"}, []string{"ab", "cd"}},
		"just fits":            {[]string{long + "\n"}, []string{long}},
		"too long":             {[]string{long, "y", "yy\nnext\n"}, []string{long + cutMark, "next"}},
		"too long, in one":     {[]string{long + long + long + "\nnext\n"}, []string{long + cutMark, "next"}},
		"too long, at the end": {[]string{long + "y"}, []string{long + cutMark}},
	} {
		if got := cut(test.in...); !slices.Equal(got, test.want) {
			t.Errorf("%s: %.60q", name, got)
		}
	}
}
