package jsonwire

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/gateway/internal/operation"
)

// Bounds of a query.
const (
	maxParameters = 300
	// maxValue is what the longest value, a page token, may have in bytes.
	maxValue = 4096
)

// bindQuery fills a request from its raw query. The query is split before it is
// decoded, so that %2C is a comma within a value.
func (r *request) bindQuery(m protoreflect.Message, raw string, v *violations) {
	if raw == "" {
		return
	}
	q := query{request: r, m: m, violations: v, seen: map[string]bool{}}
	count := 0
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		if count++; count > maxParameters {
			v.add("query", fmt.Sprintf("has more than %d parameters", maxParameters))
			return
		}
		q.parameter(pair)
	}
}

// query is one query being bound.
type query struct {
	*request
	*violations
	m    protoreflect.Message
	seen map[string]bool
}

func (q *query) parameter(pair string) {
	rawName, rawValue, given := strings.Cut(pair, "=")
	name, err := url.QueryUnescape(rawName)
	if err != nil || !printable(name) {
		q.add(clip(rawName), "is not escaped as a query parameter has to be")
		return
	}
	f, key := q.find(name)
	switch {
	case name == "":
		q.add("query", "has a value without the name of a parameter")
		return
	case f == nil:
		q.unknown(clip(name), fmt.Sprintf("%s has no such query parameter", q.op.Name), name, q.parameterNames())
		return
	case f.Map && !validKey(key):
		q.add(clip(name), "names no custom field")
		return
	case !given || rawValue == "":
		q.add(clip(name), "is empty: leave the parameter out, or give it a value")
		return
	}
	if !f.Repeated && q.seen[name] {
		q.add(clip(name), "is given twice")
		return
	}
	q.seen[name] = true
	q.values(name, key, f, rawValue)
}

// find returns the parameter's field, and for a map the key.
func (q *query) find(name string) (f *field, key string) {
	if f := q.query[name]; f != nil && !f.Map {
		return f, ""
	}
	prefix, key, dotted := strings.Cut(name, ".")
	if f := q.query[prefix]; dotted && f != nil && f.Map {
		return f, key
	}
	return nil, ""
}

// parameterNames are the names as callers write them.
func (q *query) parameterNames() []string {
	var names []string
	for _, name := range q.queryNames {
		if q.query[name].Map {
			name += ".<id>"
		}
		names = append(names, name)
	}
	return names
}

// values binds the parts of a parameter's value.
func (q *query) values(name, key string, f *field, raw string) {
	if !f.Repeated && strings.Contains(raw, ",") {
		q.add(clip(name), "takes one value: write a comma within it as %2C")
		return
	}
	for part := range strings.SplitSeq(raw, ",") {
		text, err := url.QueryUnescape(part)
		switch {
		case err != nil:
			q.add(clip(name), "has a % that starts no escape: write it as %25")
		case text == "":
			q.add(clip(name), "has an empty value in its list")
		case len(text) > maxValue:
			q.add(clip(name), fmt.Sprintf("has a value longer than %d bytes", maxValue))
		case !utf8.ValidString(text) || !printable(text):
			q.add(clip(name), "has a control character or is not UTF-8")
		default:
			q.value(clip(name), key, f, text)
		}
	}
}

func (q *query) value(name, key string, f *field, text string) {
	value, ok := f.ofParameter(name, text, q.violations)
	switch {
	case !ok:
	case f.Map:
		q.m.Mutable(f.fd).Map().Set(protoreflect.ValueOfString(key).MapKey(), value)
	case f.Repeated:
		q.m.Mutable(f.fd).List().Append(value)
	default:
		q.m.Set(f.fd, value)
	}
}

// integer is a whole number as JSON writes it.
var integer = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

// ofParameter makes a value of a query parameter's text.
func (f *field) ofParameter(name, text string, v *violations) (protoreflect.Value, bool) {
	switch f.Kind {
	case operation.Bool:
		if text != "true" && text != "false" {
			v.unknown(name, fmt.Sprintf("%q is neither true nor false", clip(text)), text, f.Allowed())
			return protoreflect.Value{}, false
		}
		return protoreflect.ValueOfBool(text == "true"), true
	case operation.Int32, operation.Uint32:
		if !integer.MatchString(text) {
			v.add(name, fmt.Sprintf("%q is not a whole number", clip(text)))
			return protoreflect.Value{}, false
		}
		return f.ofNumber(name, text, v)
	case operation.Timestamp:
		if strings.Contains(text, " ") {
			v.add(name, fmt.Sprintf("%q is not an RFC 3339 time: in a query, write the + of an offset as %%2B", clip(text)))
			return protoreflect.Value{}, false
		}
	}
	return f.ofText(name, text, v)
}
