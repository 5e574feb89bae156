package conditions

import (
	"regexp"
	"strings"
)

// likePattern reads the pattern of "like": % and * stand for any run of
// characters, _ for one, [abc] for one of a set, so that [[] is a bracket
// (connectwise.md §5). A text without any of these is matched as a whole.
func likePattern(pattern string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString("(?is)^")
	for i := 0; i < len(pattern); {
		c := pattern[i]
		switch c {
		case '%', '*':
			b.WriteString(".*")
		case '_':
			b.WriteString(".")
		case '[':
			if set, width := likeSet(pattern[i:]); width > 0 {
				b.WriteString(set)
				i += width
				continue
			}
			b.WriteString(`\[`)
		default:
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		}
		i++
	}
	b.WriteString("$")
	re, err := regexp.Compile(b.String())
	if err != nil { // bytes that are not text match nothing
		return regexp.MustCompile(`[^\s\S]`)
	}
	return re
}

// likeSet reads a set in brackets and how many bytes it takes; 0 for none.
func likeSet(s string) (string, int) {
	end := strings.IndexByte(s[1:], ']')
	if end < 1 {
		return "", 0
	}
	var b strings.Builder
	b.WriteByte('[')
	for i, r := range s[1 : 1+end] {
		switch {
		case r == '^' && i == 0, r == '-' && i > 0 && i < end-1:
			b.WriteRune(r)
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
			if r == '-' {
				return "", 0
			}
		}
	}
	b.WriteByte(']')
	if _, err := regexp.Compile(b.String()); err != nil {
		return "", 0
	}
	return b.String(), end + 2
}
