package config

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Write prints the diagnostics for people, with colour on request.
func (d *Diagnostics) Write(w io.Writer, color bool) error {
	out := bufio.NewWriter(w)
	for _, x := range d.All() {
		x.write(out, palette(color))
	}
	return out.Flush()
}

// palette turns a style into the escape codes around a text, or leaves it.
type palette bool

const (
	bold   = "1"
	red    = "1;31"
	yellow = "1;33"
)

func (p palette) paint(style, text string) string {
	if !p {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

// write prints one; a failed write is told by the writer's Flush.
func (x Diagnostic) write(w *bufio.Writer, p palette) {
	word := p.paint(red, "Error:")
	if x.Severity == Warning {
		word = p.paint(yellow, "Warning:")
	}
	fmt.Fprintf(w, "%s %s\n", word, p.paint(bold, x.Summary))
	if place := x.Place(); place != "" {
		fmt.Fprintf(w, "\n  on %s", place)
		if x.Block != "" {
			fmt.Fprintf(w, ", in %s", x.Block)
		}
		fmt.Fprintln(w, ":")
	}
	if s := x.snippet; s.line > 0 {
		fmt.Fprintf(w, "    %4d | %s%s%s\n", s.line, s.before, s.meant, s.after)
		fmt.Fprintf(w, "         | %s%s\n", strings.Repeat(" ", utf8.RuneCountInString(s.before)),
			p.paint(red, strings.Repeat("^", max(1, utf8.RuneCountInString(s.meant)))))
	}
	fmt.Fprintf(w, "\n  %s\n", x.advice())
	if len(x.Allowed) > 0 {
		fmt.Fprintf(w, "  Allowed: %s.\n", strings.Join(x.Allowed, ", "))
	}
	fmt.Fprintln(w)
}

// Place says where it is: file:line:column, or the variable or flag.
func (x Diagnostic) Place() string {
	switch {
	case x.Origin != "":
		return x.Origin
	case x.Range.Filename != "":
		return fmt.Sprintf("%s:%d:%d", x.Range.Filename, x.Range.Start.Line, x.Range.Start.Column)
	}
	return ""
}

func (x Diagnostic) advice() string {
	if x.DidYouMean == "" {
		return x.Detail
	}
	return strings.TrimSpace(fmt.Sprintf("%s Did you mean %q?", x.Detail, x.DidYouMean))
}
