package config

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// snippet is the source line of a diagnostic, safe to show, and the part of it
// that is meant.
type snippet struct {
	line   int
	before string
	meant  string
	after  string
}

// maxQuote bounds the length of a line that is worth showing.
const maxQuote = 160

var (
	firstWord   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*`)
	secretBlock = regexp.MustCompile(`(^|[^A-Za-z0-9_-])(connection|agent)\s*["{]`)
	quoted      = regexp.MustCompile(`"[^"{}]+"`)
)

// quote shows the line on which rng starts. It must hold no secret.
func (s *source) quote(rng hcl.Range) snippet {
	start := min(rng.Start.Byte, len(s.text))
	from := bytes.LastIndexByte(s.text[:start], '\n') + 1
	to := len(s.text)
	if i := bytes.IndexByte(s.text[start:], '\n'); i >= 0 {
		to = start + i
	}
	end := max(start, min(rng.End.Byte, to))
	if to-from > maxQuote {
		return snippet{}
	}
	return snippet{
		line: rng.Start.Line, before: printable(s.text[from:start]),
		meant: printable(s.text[start:end]), after: printable(s.text[end:to]),
	}
}

// quoteName shows an attribute's name without its value.
func (s *source) quoteName(attr *hclsyntax.Attribute) snippet {
	return snippet{
		line: attr.NameRange.Start.Line, before: "  ",
		meant: printable(attr.NameRange.SliceBytes(s.text)), after: " = (value not shown)",
	}
}

// quoteHeader shows a block's type and labels.
func (s *source) quoteHeader(block *hclsyntax.Block) snippet {
	header := block.DefRange()
	if header.End.Byte-header.Start.Byte > maxQuote {
		return snippet{}
	}
	return snippet{line: header.Start.Line, meant: printable(header.SliceBytes(s.text)), after: " {"}
}

// quoteType shows a block's type alone.
func (s *source) quoteType(block *hclsyntax.Block) snippet {
	return snippet{line: block.TypeRange.Start.Line, before: "  ", meant: printable(block.TypeRange.SliceBytes(s.text)), after: " (not shown)"}
}

// printable drops what could steer a terminal.
func printable(text []byte) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return -1
		case r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return unicode.ReplacementChar
		}
		return r
	}, string(text))
}
