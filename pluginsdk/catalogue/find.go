package catalogue

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// ErrUnknown says that a list does not hold what was named.
var ErrUnknown = errors.New("catalogue: unknown")

// maxAllowed is how many allowed values an error lists.
const maxAllowed = 50

// Entry is what a value of a list is found by.
type Entry struct {
	ID       string
	Name     string
	Also     []string // other names of it, such as a person's login
	Inactive bool     // still held by old records, and refused in writes
}

// called reports whether a name is one of the entry's, in any case.
func (e Entry) called(name string) bool {
	same := func(n string) bool { return strings.EqualFold(strings.TrimSpace(n), strings.TrimSpace(name)) }
	return same(e.Name) || slices.ContainsFunc(e.Also, same)
}

// Value is anything that a list holds.
type Value interface{ Entry() Entry }

// Reference names one value, by id or by name, or by both where they agree: a
// caller may send back what it read.
type Reference struct {
	ID   string
	Name string
}

// Named is the reference that a field of a request makes.
func Named(r interface {
	GetId() string
	GetName() string
}) Reference {
	return Reference{ID: r.GetId(), Name: r.GetName()}
}

// List is the values of one scope, such as the statuses of a queue. What names
// one value in errors ("status of queue \"Dispatch\"").
type List[T Value] struct {
	What   string
	Values []T
}

// Pick finds the one value that a write names. The name is compared exactly and
// then in any case. Unknown, ambiguous and inactive values are
// INVALID_ARGUMENT that lists what is allowed, and so are an id and a name that
// mean two values; field is the reference's path.
func (l List[T]) Pick(field string, ref Reference) (T, error) {
	var none T
	if ref.ID != "" {
		for _, v := range l.Values {
			e := v.Entry()
			switch {
			case e.ID != ref.ID:
				continue
			case ref.Name != "" && !e.called(ref.Name):
				return none, Contradiction(field, fmt.Sprintf("the %s with the id %q is %q", l.What, e.ID, e.Name), fmt.Sprintf("the name says %q", ref.Name)).
					WithCause(ErrUnknown) // the list may be older than a new name
			}
			return v, l.usable(field+".id", v)
		}
		return none, l.unknown(field+".id", fmt.Sprintf("no %s has the id %q", l.What, ref.ID), ref.ID, true)
	}
	found := l.named(ref.Name)
	active := slices.DeleteFunc(slices.Clone(found), func(v T) bool { return v.Entry().Inactive })
	switch {
	case len(active) == 1:
		return active[0], nil
	case len(active) > 1:
		return none, Ambiguous(field+".name", fmt.Sprintf("%d values of %s are named %q", len(active), l.What, ref.Name), entries(active))
	case len(found) > 0:
		return none, l.usable(field+".name", found[0])
	}
	return none, l.unknown(field+".name", fmt.Sprintf("no %s is named %q", l.What, ref.Name), ref.Name, false)
}

func entries[T Value](values []T) []Entry {
	list := make([]Entry, len(values))
	for n, v := range values {
		list[n] = v.Entry()
	}
	return list
}

// maxTold is how many namesakes a message describes.
const maxTold = 5

// Ambiguous is the fault of a name that several values have: what is allowed is
// their ids, and the message says what tells them apart. field is the name's path,
// and message says how many there are.
func Ambiguous(field, message string, among []Entry) *fault.Error {
	ids := make([]string, min(len(among), maxAllowed))
	var told []string
	for n := range ids {
		e := among[n]
		ids[n] = e.ID
		if others := slices.DeleteFunc(slices.Clone(e.Also), func(name string) bool { return name == "" }); len(others) > 0 && n < maxTold {
			told = append(told, e.ID+" is "+strings.Join(others, ", "))
		}
	}
	if len(told) > 0 {
		message += " (" + strings.Join(told, "; ") + ")"
	}
	return fault.InvalidArgument(field, message+"; give the id", ids...)
}

// Contradiction is the fault of a reference whose parts mean two things: neither
// wins in silence. field is the reference's path.
func Contradiction(field, one, other string) *fault.Error {
	return fault.InvalidArgument(field, one+", and "+other+"; give one of the two, or both of the same")
}

// Filter finds the values that one value of a filter means: those of the exact
// name, else of a name in any case, else of the id; `id:42` forces the id.
// Inactive values count, since old records have them. field is the filter.
func (l List[T]) Filter(field, text string) ([]T, error) {
	id, forced := strings.CutPrefix(text, "id:")
	if !forced {
		if found := l.named(text); len(found) > 0 {
			return found, nil
		}
		id = text
	}
	var found []T
	for _, v := range l.Values {
		if v.Entry().ID == id {
			found = append(found, v)
		}
	}
	if len(found) == 0 {
		return nil, l.unknown(field, fmt.Sprintf("no %s is named %q or has that id", l.What, id), id, false)
	}
	return found, nil
}

// named returns the values of a name: those of exactly that one, else those of
// it in another case, else those that have it besides.
func (l List[T]) named(name string) []T {
	name = strings.TrimSpace(name)
	for _, same := range []func(Entry) bool{
		func(e Entry) bool { return strings.TrimSpace(e.Name) == name },
		func(e Entry) bool { return strings.EqualFold(strings.TrimSpace(e.Name), name) },
		func(e Entry) bool { return e.called(name) },
	} {
		var found []T
		for _, v := range l.Values {
			if same(v.Entry()) {
				found = append(found, v)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

func (l List[T]) usable(field string, v T) error {
	e := v.Entry()
	if !e.Inactive {
		return nil
	}
	return fault.InvalidArgument(field, fmt.Sprintf("the %s %q is no longer in use", l.What, e.Name), l.allowed(false)...)
}

// unknown is the fault for what the list does not hold; errors.Is finds
// ErrUnknown in it.
func (l List[T]) unknown(field, message, asked string, byID bool) error {
	v := fault.Violation{Field: field, Message: message, Allowed: l.allowed(byID)}
	if !byID { // ids are not misspelt
		v.DidYouMean = nearest(asked, v.Allowed)
	}
	return fault.Invalid(v).WithCause(ErrUnknown)
}

// allowed is the names (or ids) that a write may give, each once.
func (l List[T]) allowed(byID bool) []string {
	var names []string
	for _, v := range l.Values {
		e := v.Entry()
		name := e.Name
		if byID {
			name = e.ID
		}
		if !e.Inactive && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names[:min(len(names), maxAllowed)]
}

// nearest returns the value that was probably meant: at most half of its letters
// differ, or of one of its words, since a name such as "Priority 2 - High" is
// often asked for by the word that matters. The whole name goes before a word.
func nearest(asked string, allowed []string) string {
	asked = strings.ToLower(asked)
	best, least := "", 0
	for _, a := range allowed {
		for n, part := range append([]string{a}, strings.Fields(a)...) {
			d := 2 * levenshtein.ComputeDistance(asked, strings.ToLower(part))
			if d > len([]rune(part)) {
				continue
			}
			if n > 0 {
				d++
			}
			if best == "" || d < least {
				best, least = a, d
			}
		}
	}
	return best
}
