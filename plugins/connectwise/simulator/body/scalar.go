package body

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
)

// scalar converts a token as the vendor's reader does: numbers and booleans
// may be written as text, text as a number.
func (d *decoder) scalar(kind schema.Kind, m *schema.Member, t json.Token, path string) (any, error) {
	text := fmt.Sprint(t)
	switch kind {
	case schema.String:
		if m.Enum != nil {
			for _, e := range m.Enum {
				if strings.EqualFold(e, text) {
					return e, nil
				}
			}
			return nil, d.conversion(t, strings.ToUpper(m.Name[:1])+m.Name[1:], path)
		}
		return text, nil
	case schema.DateTime:
		at, err := parseTime(text)
		if err != nil {
			return nil, &Error{Status: http.StatusBadRequest, Code: "UnsupportedFormat", Message: "Unsupported format applied to " + path}
		}
		return at, nil
	case schema.Integer:
		if n, err := strconv.ParseInt(text, 10, 32); err == nil {
			return n, nil
		}
		return nil, d.conversion(t, "System.Int32", path)
	case schema.Number:
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return n, nil
		}
		return nil, d.conversion(t, "System.Double", path)
	case schema.Boolean:
		switch strings.ToLower(text) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
		return nil, d.conversion(t, "System.Boolean", path)
	case schema.Any:
		if n, ok := t.(json.Number); ok {
			f, _ := n.Float64()
			return f, nil
		}
		return t, nil
	}
	name := "System.Object"
	if m.Ref != "" {
		name = m.Ref
	}
	return nil, d.conversion(t, name, path)
}

func (d *decoder) conversion(t json.Token, typeName, path string) error {
	line, position := d.at(d.offset())
	return serverError("Error converting value %s to type '%s'. Path '%s', line %d, position %d.", quoted(t), typeName, path, line, position)
}

func quoted(t json.Token) string {
	if s, ok := t.(string); ok {
		return `"` + s + `"`
	}
	return fmt.Sprint(t)
}

var wholeSeconds = regexp.MustCompile(`^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$`)

// parseTime reads a date as bodies write it: whole seconds, UTC, no brackets
// (connectwise.md §10, §15).
func parseTime(text string) (string, error) {
	if !wholeSeconds.MatchString(text) {
		return "", fmt.Errorf("not a time: %q", text)
	}
	if len(text) == len("2006-01-02") {
		text += "T00:00:00Z"
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return "", err
	}
	return at.UTC().Format("2006-01-02T15:04:05Z"), nil
}
