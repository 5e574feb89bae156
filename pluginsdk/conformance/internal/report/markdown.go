package report

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes what the connector can do, for its documentation: of each
// operation how it is served, what is left out, and the checks that have shown it.
func (r *Report) Markdown(w io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "# What the connector %s can do\n\n", r.Connector)
	text.WriteString("Made from a run of the conformance suite by `make conformance`: a check is named where it passed.\n\n")
	text.WriteString("| operation | support | not served of it | shown by |\n|---|---|---|---|\n")
	for _, o := range r.Operations {
		var left []string
		for _, f := range o.UnsupportedFilters {
			left = append(left, "filter `"+f+"`")
		}
		for _, f := range o.UnsupportedFields {
			left = append(left, "field `"+f+"`")
		}
		support := strings.ToLower(strings.ReplaceAll(o.Support, "_", " "))
		if o.Reason != "" {
			support += ": " + o.Reason
		}
		fmt.Fprintf(&text, "| `%s` | %s | %s | %s |\n", o.Name, cell(support), strings.Join(left, ", "), strings.Join(o.Proven, ", "))
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// cell is a text that fits into a cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ").Replace(text)
}
