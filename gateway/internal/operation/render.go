package operation

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteTable prints the operations, a line each.
func (c *Catalogue) WriteTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "OPERATION\tNEEDS\tHTTP\tEFFECTS\tSUMMARY")
	for _, op := range c.Operations {
		var effects []string
		for _, e := range op.Effects {
			effects = append(effects, e.Kind.String())
		}
		fmt.Fprintf(t, "%s\t%s\t%s %s\t%s\t%s\n", op.Name, need(op.Area, op.Access), op.HTTP.Method, op.HTTP.Path,
			orDash(strings.Join(effects, ",")), op.Summary)
	}
	return t.Flush()
}

// WriteDetail prints one operation with its request and its answer.
func (op *Operation) WriteDetail(w io.Writer) error {
	var s strings.Builder
	fmt.Fprintf(&s, "%s\n  %s\n\n", op.Name, strings.ReplaceAll(op.Description, "\n", "\n  "))
	t := tabwriter.NewWriter(&s, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "  http\t%s %s\n", op.HTTP.Method, op.HTTP.Path)
	if op.HTTP.Location != "" {
		fmt.Fprintf(t, "  makes\t%s\n", op.HTTP.Location)
	}
	fmt.Fprintf(t, "  rpc\t%s\n", op.FullMethod)
	fmt.Fprintf(t, "  needs\t%s\n", need(op.Area, op.Access))
	for _, g := range op.Also {
		fmt.Fprintf(t, "  also needs\t%s%s\n", need(g.Area, g.Access), when(g.When))
	}
	for _, e := range op.Effects {
		fmt.Fprintf(t, "  effect\t%s%s\n", e.Kind, when(e.When))
	}
	fmt.Fprintf(t, "  repeating\t%s\n", op.Idempotency)
	if err := t.Flush(); err != nil {
		return err
	}
	var path []*Field
	for _, name := range op.HTTP.PathParams {
		path = append(path, op.Input.Field(name))
	}
	writeFields(&s, "path", path)
	writeFields(&s, "query", op.QueryFields())
	if op.Options() {
		writeFields(&s, "options", op.Input.Field(OptionsField).Message.Fields)
	}
	writeFields(&s, "body", op.BodyFields())
	writeFields(&s, "answer", op.Output.Fields)
	_, err := io.WriteString(w, s.String())
	return err
}

func writeFields(s *strings.Builder, title string, fields []*Field) {
	if len(fields) == 0 {
		return
	}
	fmt.Fprintf(s, "\n  %s\n", title)
	t := tabwriter.NewWriter(s, 0, 0, 2, ' ', 0)
	for _, f := range fields {
		fmt.Fprintf(t, "    %s\t%s\t%s\n", f.Name, f.describe(), firstSentence(f.Doc))
	}
	_ = t.Flush() // a Builder does not fail
}

// describe is a field's type and constraints in a few words.
func (f *Field) describe() string {
	words := []string{f.typeName()}
	c := f.Constraints
	add := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	if f.Required {
		add("required")
	}
	if f.OutputOnly {
		add("output only")
	}
	if f.InputOnly {
		add("input only")
	}
	if f.Immutable {
		add("immutable")
	}
	if c.MinLen > 0 || c.MaxLen > 0 {
		add("%d..%s characters", c.MinLen, orStar(c.MaxLen))
	}
	if c.Format != "" {
		add("of the form %s", c.Format)
	}
	if c.Pattern != "" {
		add("like %s", c.Pattern)
	}
	if allowed := f.Allowed(); len(allowed) > 0 && f.Kind != Bool {
		add("one of %s", strings.Join(allowed, "|"))
	}
	if c.Gte != nil {
		add(">=%d", *c.Gte)
	}
	if c.Lte != nil {
		add("<=%d", *c.Lte)
	}
	if c.MinItems > 0 || c.MaxItems > 0 {
		add("%d..%s items", c.MinItems, orStar(c.MaxItems))
	}
	if c.Unique {
		add("unique")
	}
	if c.MaxPairs > 0 {
		add("up to %d pairs", c.MaxPairs)
	}
	return strings.Join(words, ", ")
}

func (f *Field) typeName() string {
	name := string(f.Kind)
	switch {
	case f.Enum != nil:
		name = f.Enum.Name
	case f.Message != nil:
		name = f.Message.Name
	}
	switch {
	case f.Map:
		return "map of " + name
	case f.Repeated:
		return "list of " + name
	}
	return name
}

func need(area string, level Access) string {
	if level == None {
		return "a token"
	}
	return area + ":" + level.String()
}

func when(condition string) string {
	if condition == "" {
		return ""
	}
	return " when " + condition
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func orStar(n uint64) string {
	if n == 0 {
		return "*"
	}
	return fmt.Sprint(n)
}
