package schema

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// URL is an absolute http or https address, without a user or password, as the
// admin wrote it.
type URL string

// words say what a kind's values are. They follow on "must be".
var words = map[kind]string{
	connectorv1.Attribute_Type_STRING:      "a text",
	connectorv1.Attribute_Type_BOOL:        "true or false",
	connectorv1.Attribute_Type_INTEGER:     "a whole number from -2147483648 to 2147483647",
	connectorv1.Attribute_Type_NUMBER:      "a number",
	connectorv1.Attribute_Type_DURATION:    `a duration such as "30s", "5m" or "1h30m"`,
	connectorv1.Attribute_Type_URL:         "an absolute address that begins with https:// or http://",
	connectorv1.Attribute_Type_STRING_LIST: "a list of texts",
	connectorv1.Attribute_Type_STRING_MAP:  "a map of texts",
}

// read sets into from the JSON value, or says what is wrong with it. The
// violation's Field is left to the caller.
func (f *field) read(raw []byte, into reflect.Value) *fault.Violation {
	switch f.kind {
	case connectorv1.Attribute_Type_BOOL, connectorv1.Attribute_Type_STRING_LIST, connectorv1.Attribute_Type_STRING_MAP:
		if json.Unmarshal(raw, into.Addr().Interface()) != nil || hasNull(raw) {
			return f.mistyped()
		}
	case connectorv1.Attribute_Type_INTEGER:
		n, ok := number(raw)
		if !ok || n != math.Trunc(n) || n < math.MinInt32 || n > math.MaxInt32 {
			return f.mistyped()
		}
		into.SetInt(int64(n))
	case connectorv1.Attribute_Type_NUMBER:
		n, ok := number(raw)
		if !ok {
			return f.mistyped()
		}
		into.SetFloat(n)
	default: // the kinds that are a text in JSON
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return f.mistyped()
		}
		if v := f.readText(s, into); v != nil {
			return v
		}
	}
	if f.required && into.Kind() == reflect.String && into.Len() == 0 {
		return &fault.Violation{Message: "must not be empty"}
	}
	return f.checkAllowed(into)
}

func (f *field) readText(s string, into reflect.Value) *fault.Violation {
	switch f.kind {
	case connectorv1.Attribute_Type_DURATION:
		d, err := time.ParseDuration(s)
		if err != nil || d < 0 {
			return f.mistyped()
		}
		into.SetInt(int64(d))
		return nil
	case connectorv1.Attribute_Type_URL:
		if s == "" { // as if it were not given
			return nil
		}
		u, err := url.Parse(s)
		switch {
		case err == nil && u.User != nil:
			return &fault.Violation{Message: "must not carry a user name or password: they have attributes of their own"}
		case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
			return f.mistyped()
		}
	}
	into.SetString(s)
	return nil
}

func (f *field) mistyped() *fault.Violation {
	return &fault.Violation{Message: "must be " + words[f.kind]}
}

// number reads a JSON number. Quoted ones are texts, and no numbers.
func number(raw []byte) (float64, bool) {
	n, err := strconv.ParseFloat(string(raw), 64)
	return n, err == nil && json.Valid(raw)
}

// hasNull tells whether a list or map holds null, which encoding/json would
// take for an empty text.
func hasNull(raw []byte) bool {
	var list []*string
	if json.Unmarshal(raw, &list) == nil {
		return slices.Contains(list, nil)
	}
	var byName map[string]*string
	if json.Unmarshal(raw, &byName) != nil {
		return false
	}
	for _, v := range byName {
		if v == nil {
			return true
		}
	}
	return false
}

// checkAllowed compares what was given with what is allowed.
func (f *field) checkAllowed(v reflect.Value) *fault.Violation {
	if len(f.allowed) == 0 {
		return nil
	}
	for _, s := range texts(v) {
		if slices.Contains(f.allowed, s) {
			continue
		}
		if f.secret {
			return &fault.Violation{Message: "is not one of the values allowed", Allowed: f.allowed}
		}
		return &fault.Violation{
			Message: fmt.Sprintf("%.60q is not allowed; it may be %s", s, strings.Join(f.allowed, ", ")),
			Allowed: f.allowed, DidYouMean: nearest(s, f.allowed),
		}
	}
	return nil
}

// nearest returns the word that was probably meant, or "": one with a third of
// its letters wrong, or with two letters swapped.
func nearest(given string, words []string) string {
	if len(given) > 100 { // no slip of the hand
		return ""
	}
	best, least := "", max(len(given)/3, 1)+1
	given = strings.ToLower(given)
	for _, w := range words {
		word := strings.ToLower(w)
		d := levenshtein.ComputeDistance(given, word)
		if d == 2 && slices.Equal(letters(given), letters(word)) {
			d = 1
		}
		if d < least {
			best, least = w, d
		}
	}
	return best
}

func letters(word string) []rune {
	sorted := []rune(word)
	slices.Sort(sorted)
	return sorted
}
