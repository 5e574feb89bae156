package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The bounds of a file. The parser and the evaluator recurse, and a stack
// overflow cannot be recovered: depth and length are bounded before they run.
const (
	maxFile   = 1 << 20
	maxDepth  = 32
	maxTokens = 100_000
	// Each directive left open costs the parser a walk through the rest.
	maxDirectives = 100
	maxNumber     = 24
)

// source is the file: its text, and its syntax once that is sound.
type source struct {
	name string
	dir  string
	text []byte
	body *hclsyntax.Body
}

// open reads and parses the file; the source is nil if it cannot be used.
func open(path string, diags *Diagnostics) *source {
	refuse := func(summary, detail string, args ...any) *source {
		diags.add(Diagnostic{Severity: Error, Summary: summary, Detail: fmt.Sprintf(detail, args...)})
		return nil
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refuse("No configuration", "There is no file %s. Name the configuration with --config, or start where gateway.hcl is.", path)
	case err != nil:
		return refuse("Configuration cannot be read", "%s cannot be read: %v.", path, bare(err))
	case info.IsDir():
		return refuse("Configuration is a directory", "%s is a directory; the configuration is one file. Name it with --config.", path)
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return refuse("Configuration cannot be read", "The directory of %s cannot be told: %v.", path, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return refuse("Configuration cannot be read", "%s cannot be read: %v.", path, bare(err))
	}
	defer f.Close() //nolint:errcheck // nothing was written
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return refuse("Configuration cannot be read", "%s cannot be read: %v.", path, bare(err))
	case len(text) > maxFile:
		return refuse("Configuration too large", "%s is larger than %d MiB.", path, maxFile>>20)
	}
	src := &source{name: path, dir: dir, text: text}
	if !src.parse(diags) {
		return nil
	}
	return src
}

func (s *source) parse(diags *Diagnostics) bool {
	if bad := s.badByte(); bad >= 0 {
		diags.add(Diagnostic{Severity: Error, Summary: "Not a text file",
			Detail: "There is a byte here that is not text in UTF-8. Save the file as UTF-8 without a byte order mark.",
			Range:  s.at(bad)})
		return false
	}
	tokens, _ := hclsyntax.LexConfig(s.text, s.name, hcl.InitialPos) // the parser says the same again
	if bad := tooComplex(tokens); bad != nil {
		diags.add(*bad)
		return false
	}
	file, found := hclsyntax.ParseConfig(s.text, s.name, hcl.InitialPos)
	unclosed := openQuote(tokens)
	for _, d := range found {
		if unclosed != nil && d.Subject != nil && d.Subject.End.Byte > unclosed.Start.Byte {
			continue // all that follows a quote left open is beside the point
		}
		diags.add(s.syntaxError(d))
	}
	if unclosed != nil {
		diags.add(s.syntaxError(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Quote not closed", Subject: unclosed,
			Detail: "The text that begins here has no quote at its end, on the same line."}))
		return false
	}
	if found.HasErrors() {
		return false
	}
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		panic("hclsyntax parsed something other than its own body")
	}
	s.body = body
	return true
}

// badByte returns the offset of the first byte that is not text, or -1.
func (s *source) badByte() int {
	if bytes.HasPrefix(s.text, []byte("\uFEFF")) {
		return 0
	}
	for i := 0; i < len(s.text); {
		r, n := utf8.DecodeRune(s.text[i:])
		if r == 0 || r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// openQuote returns the first quote that is not closed on its line.
func openQuote(tokens hclsyntax.Tokens) *hcl.Range {
	var last *hcl.Range
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOQuote:
			last = t.Range.Ptr()
		case hclsyntax.TokenQuotedNewline:
			return last
		}
	}
	return nil
}

// at is the place of one byte.
func (s *source) at(offset int) hcl.Range {
	line := bytes.Count(s.text[:offset], []byte("\n")) + 1
	column := utf8.RuneCount(s.text[bytes.LastIndexByte(s.text[:offset], '\n')+1:offset]) + 1
	pos := hcl.Pos{Line: line, Column: column, Byte: offset}
	end := hcl.Pos{Line: line, Column: column + 1, Byte: offset + 1}
	return hcl.Range{Filename: s.name, Start: pos, End: end}
}

// tooComplex refuses what would cost more than a configuration can need.
func tooComplex(tokens hclsyntax.Tokens) *Diagnostic {
	depth, directives := 0, 0
	for i, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen,
			hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			depth--
		case hclsyntax.TokenNumberLit:
			if len(t.Bytes) > maxNumber || bytes.ContainsAny(t.Bytes, "eE") {
				return &Diagnostic{Severity: Error, Summary: "Number too long", Range: t.Range,
					Detail: fmt.Sprintf("A number has at most %d digits and no exponent.", maxNumber)}
			}
		}
		if t.Type == hclsyntax.TokenTemplateControl {
			directives++
		}
		if directives > maxDirectives {
			return &Diagnostic{Severity: Error, Summary: "Too many directives", Range: t.Range,
				Detail: fmt.Sprintf("A configuration has at most %d directives %%{ ... }.", maxDirectives)}
		}
		if depth > maxDepth {
			return &Diagnostic{Severity: Error, Summary: "Nested too deeply", Range: t.Range,
				Detail: fmt.Sprintf("Blocks, lists and templates can stand at most %d deep in one another.", maxDepth)}
		}
		if i > maxTokens {
			return &Diagnostic{Severity: Error, Summary: "Configuration too long", Range: t.Range,
				Detail: fmt.Sprintf("A configuration has at most %d words and signs.", maxTokens)}
		}
	}
	return nil
}

// clean are the blocks whose lines are quoted even while the syntax is broken:
// no attribute of theirs is a secret.
var clean = map[string]bool{"gateway": true, "state": true, "connector": true, "group": true}

// syntaxError takes over what the parser found. Where a secret may stand, the
// line and everything that the parser quotes of it are left out.
func (s *source) syntaxError(d *hcl.Diagnostic) Diagnostic {
	x := Diagnostic{Severity: Error, Summary: d.Summary, Detail: d.Detail}
	if d.Severity == hcl.DiagWarning {
		x.Severity = Warning
	}
	if d.Subject == nil {
		return x
	}
	x.Range = *d.Subject
	if clean[s.blockAround(x.Range.Start)] {
		x.snippet = s.quote(x.Range)
	} else {
		x.Detail = quoted.ReplaceAllString(x.Detail, `"…"`)
	}
	return x
}

// blockAround guesses the top-level block of a place in a file whose syntax is
// broken: from the last word that starts a line, or from a block with secrets
// that is indented.
func (s *source) blockAround(pos hcl.Pos) string {
	end := len(s.text)
	if i := bytes.IndexByte(s.text[min(pos.Byte, end):], '\n'); i >= 0 {
		end = pos.Byte + i
	}
	lines := strings.Split(string(s.text[:end]), "\n")
	for _, line := range slices.Backward(lines) {
		if secretBlock.MatchString(line) {
			return ""
		}
		if word := firstWord.FindString(line); word != "" {
			return word
		}
	}
	return ""
}
