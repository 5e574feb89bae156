package pluginsdk

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// introduce prints what the connector is, for a person who has started it by
// hand; path is its own.
func (p *program) introduce(out io.Writer, path string) error {
	d := p.describe
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s\n%s\n\n", d.GetName(), d.GetVersion(), d.GetSummary())
	b.WriteString("This is a connector of Deskgate: the gateway starts it, there is nothing to run by hand.\n")

	b.WriteString("\nServices\n")
	table(&b, "SERVICE\tOPERATIONS", func(row func(cells ...string)) {
		for _, desc := range p.services {
			row(desc.ServiceName, strings.Join(operations(desc), ", "))
		}
	})
	if len(d.GetOperations()) > 0 {
		b.WriteString("\nNot native, or limited\n")
		table(&b, "OPERATION\tHOW", func(row func(cells ...string)) {
			for _, o := range d.GetOperations() {
				row(o.GetOperation(), support(o))
			}
		})
	}
	for _, sentence := range p.partial {
		fmt.Fprintf(&b, "\nWarning: %s\n", sentence)
	}

	b.WriteString("\nConfiguration of a connection\n")
	table(&b, "NAME\tTYPE\tDEFAULT\tDESCRIPTION", func(row func(cells ...string)) { rows(row, "", d.GetSchema()) })

	b.WriteString("\nIn gateway.hcl\n")
	p.example(&b, path)
	_, err := out.Write(b.Bytes())
	return err
}

// table writes an indented table.
func table(out io.Writer, head string, fill func(row func(cells ...string))) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "  %s\n", head)
	fill(func(cells ...string) { fmt.Fprintf(w, "  %s\n", strings.Join(cells, "\t")) })
	_ = w.Flush() // into memory
}

func support(o *connectorv1.OperationSupport) string {
	var parts []string
	if o.GetEmulated() {
		parts = append(parts, "emulated")
	}
	if o.GetReason() != "" {
		parts = append(parts, o.GetReason())
	}
	if f := o.GetUnsupportedFilters(); len(f) > 0 {
		parts = append(parts, "without the filters "+strings.Join(f, ", "))
	}
	if f := o.GetUnsupportedFields(); len(f) > 0 {
		parts = append(parts, "without the fields "+strings.Join(f, ", "))
	}
	return strings.Join(parts, "; ")
}

var typeNames = map[connectorv1.Attribute_Type_V]string{
	connectorv1.Attribute_Type_STRING:      "text",
	connectorv1.Attribute_Type_BOOL:        "bool",
	connectorv1.Attribute_Type_INTEGER:     "integer",
	connectorv1.Attribute_Type_NUMBER:      "number",
	connectorv1.Attribute_Type_DURATION:    "duration",
	connectorv1.Attribute_Type_URL:         "URL",
	connectorv1.Attribute_Type_STRING_LIST: "list",
	connectorv1.Attribute_Type_STRING_MAP:  "map",
}

// rows writes the attributes of a block, and then those of the blocks in it, by
// their paths.
func rows(row func(cells ...string), path string, s *connectorv1.Schema) {
	for _, a := range s.GetAttributes() {
		kind := typeNames[a.GetType()]
		if a.GetSecret() {
			kind += ", secret"
		}
		fallback := string(a.GetDefaultJson())
		if a.GetRequired() {
			fallback = "(required)"
		}
		description := a.GetDescription()
		if allowed := a.GetAllowed(); len(allowed) > 0 {
			description += " One of " + strings.Join(allowed, ", ") + "."
		}
		row(path+a.GetName(), kind, fallback, description)
	}
	for _, block := range s.GetBlocks() {
		need := ""
		if block.GetRequired() {
			need = "(required)"
		}
		row(path+block.GetName(), "block", need, block.GetDescription())
		rows(row, path+block.GetName()+".", block.GetSchema())
	}
}

// example writes the blocks to paste, with what is required.
func (p *program) example(out io.Writer, path string) {
	name := p.describe.GetName()
	fmt.Fprintf(out, "  connector %q {\n    source = %q\n  }\n\n", name, path)
	lines := append([]string{fmt.Sprintf("connector = %q", name)}, required(p.describe.GetSchema())...)
	fmt.Fprintf(out, "  connection \"my-%s\" {\n    %s\n  }\n", name, strings.Join(lines, "\n    "))
}

// required returns the lines of a block with what it cannot do without.
func required(s *connectorv1.Schema) []string {
	var lines []string
	for _, a := range s.GetAttributes() {
		if a.GetRequired() {
			lines = append(lines, a.GetName()+" = "+placeholder(a))
		}
	}
	for _, block := range s.GetBlocks() {
		if !block.GetRequired() {
			continue
		}
		lines = append(lines, block.GetName()+" {")
		for _, line := range required(block.GetSchema()) {
			lines = append(lines, "  "+line)
		}
		lines = append(lines, "}")
	}
	return lines
}

func placeholder(a *connectorv1.Attribute) string {
	if a.GetSecret() {
		return fmt.Sprintf("env(%q)", "MY_"+strings.ToUpper(a.GetName()))
	}
	switch a.GetType() {
	case connectorv1.Attribute_Type_BOOL:
		return "true"
	case connectorv1.Attribute_Type_INTEGER, connectorv1.Attribute_Type_NUMBER:
		return "1"
	case connectorv1.Attribute_Type_DURATION:
		return `"30s"`
	case connectorv1.Attribute_Type_URL:
		return `"https://..."`
	case connectorv1.Attribute_Type_STRING_LIST:
		return `["..."]`
	case connectorv1.Attribute_Type_STRING_MAP:
		return `{ "..." = "..." }`
	default:
		if allowed := a.GetAllowed(); len(allowed) > 0 {
			return fmt.Sprintf("%q", allowed[0])
		}
		return `"..."`
	}
}
