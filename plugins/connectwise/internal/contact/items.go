package contact

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
)

// The kinds of ways to reach a contact (connectwise.md §12).
const (
	email = "Email"
	phone = "Phone"
)

// item is a way to reach a contact as a write takes it.
type item struct {
	Type      api.ID `json:"type"`
	Value     string `json:"value"`
	Extension string `json:"extension,omitempty"`
	Default   bool   `json:"defaultFlag"`
	Kind      string `json:"communicationType"`
}

// items is a contact's ways to be reached while they are changed: those that the
// record has, in its order, and new ones.
type items struct {
	now     []api.CommunicationItem // as they will be
	was     []api.CommunicationItem
	removed map[int]bool // by index in both
	added   []item
}

func newItems(current []api.CommunicationItem) *items {
	return &items{now: slices.Clone(current), was: current, removed: map[int]bool{}}
}

// which are the ways that a field is about.
type which func(api.CommunicationItem) bool

func anEmail(c api.CommunicationItem) bool { return c.Kind == email }

func mobileNumber(c api.CommunicationItem) bool { return c.Kind == phone && isMobile(c) }

func otherNumber(c api.CommunicationItem) bool { return c.Kind == phone && !isMobile(c) }

func isMobile(c api.CommunicationItem) bool { return c.Type != nil && setup.IsMobile(c.Type.Name) }

// of are the indexes of some ways: the default first, which is the main one, then
// in the record's order, as they are read.
func (l *items) of(w which) []int {
	var list []int
	for n, c := range l.now {
		if !l.removed[n] && c.Value != "" && w(c) {
			list = append(list, n)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int {
		switch {
		case l.now[a].Default == l.now[b].Default:
			return 0
		case l.now[a].Default:
			return -1
		}
		return 1
	})
	return list
}

// setMain makes a way the main one of its kind by another value, or adds it.
func (l *items) setMain(w which, made item) {
	if list := l.of(w); len(list) > 0 {
		l.now[list[0]].Value, l.now[list[0]].Extension = made.Value, made.Extension
		return
	}
	made.Default = !l.hasDefault(made.Kind)
	l.added = append(l.added, made)
}

func (l *items) hasDefault(kind string) bool {
	for n, c := range l.now {
		if !l.removed[n] && c.Kind == kind && c.Default {
			return true
		}
	}
	return slices.ContainsFunc(l.added, func(c item) bool { return c.Kind == kind && c.Default })
}

// dropMain removes the main way, and reports whether another one takes its place.
func (l *items) dropMain(w which) (another bool) {
	list := l.of(w)
	if len(list) > 0 {
		l.removed[list[0]] = true
	}
	return len(list) > 1
}

// setEmails makes these the addresses, the first the main one. An address that is
// there keeps its place, and one that goes gives its place to one that comes, so
// that as little as possible changes.
func (l *items) setEmails(addresses []string, typeID int) {
	var free []int
	var missing []string
	taken := map[int]bool{}
	for _, address := range addresses {
		at := slices.IndexFunc(l.of(anEmail), func(n int) bool { return !taken[n] && strings.EqualFold(l.now[n].Value, address) })
		if at < 0 {
			missing = append(missing, address)
			continue
		}
		n := l.of(anEmail)[at]
		taken[n], l.now[n].Value = true, address
	}
	for _, n := range l.of(anEmail) {
		if !taken[n] {
			free = append(free, n)
		}
	}
	for _, address := range missing {
		if len(free) > 0 {
			l.now[free[0]].Value, free = address, free[1:]
			continue
		}
		l.added = append(l.added, item{Type: api.ID{ID: typeID}, Value: address, Kind: email})
	}
	for _, n := range free {
		l.removed[n] = true
	}
	if len(addresses) > 0 {
		l.markMain(addresses[0])
	}
}

// setMainEmail makes an address the main one: one that is there already, or else
// it takes the place of the main one. The others stay.
func (l *items) setMainEmail(address string, typeID int) {
	for _, n := range l.of(anEmail) {
		if strings.EqualFold(l.now[n].Value, address) {
			l.now[n].Value = address
			l.markMain(address)
			return
		}
	}
	l.setMain(anEmail, item{Type: api.ID{ID: typeID}, Value: address, Kind: email})
}

// markMain marks one of the addresses as the default, and no other.
func (l *items) markMain(address string) {
	for n, c := range l.now {
		if anEmail(c) {
			l.now[n].Default = !l.removed[n] && strings.EqualFold(c.Value, address)
		}
	}
	for n, c := range l.added {
		if c.Kind == email {
			l.added[n].Default = strings.EqualFold(c.Value, address)
		}
	}
}

// ops are the operations that make the record's ways those wanted: changes by
// index, then removals from the end on, so that the indexes before stay, then what
// is new behind what is left (connectwise.md §6).
func (l *items) ops() []api.Op {
	var ops []api.Op
	path := func(n int, member string) string { return fmt.Sprintf("/communicationItems/%d/%s", n, member) }
	// A default gives way before another takes its place.
	for _, isDefault := range []bool{false, true} {
		for n, c := range l.now {
			if !l.removed[n] && c.Default != l.was[n].Default && c.Default == isDefault {
				ops = append(ops, api.Replace(path(n, "defaultFlag"), isDefault))
			}
		}
	}
	for n, c := range l.now {
		if l.removed[n] {
			continue
		}
		if c.Value != l.was[n].Value {
			ops = append(ops, api.Replace(path(n, "value"), c.Value))
		}
		if c.Extension != l.was[n].Extension {
			ops = append(ops, api.Replace(path(n, "extension"), c.Extension))
		}
	}
	left := len(l.now)
	for n := range slices.Backward(l.now) {
		if l.removed[n] {
			ops = append(ops, api.Remove(fmt.Sprintf("/communicationItems/%d", n)))
			left--
		}
	}
	for n, c := range l.added {
		ops = append(ops, api.Add(fmt.Sprintf("/communicationItems/%d", left+n), c))
	}
	return ops
}

// extension is how a number's extension is written behind it; mapping.Contact
// writes the first of these.
var extension = regexp.MustCompile(`(?i)^(.*\S)\s*(?:x|ext\.?|extension)\s*(\d+)$`)

// cutNumber parts a telephone number from its extension.
func cutNumber(text string) (number, ext string) {
	text = strings.TrimSpace(text)
	if m := extension.FindStringSubmatch(text); m != nil {
		return m[1], m[2]
	}
	return text, ""
}
