package contact

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/body"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/conditions"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// FuzzNumber parts a number from its extension: what is written in front of one
// comes back.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"2075550100 x12", "+1 (207) 555-0100 ext. 7", "5550100X9", "x12", "", " ", "555 extension 1", "555 x", "5x5x5", "٣x٣"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		number, ext := cutNumber(text)
		if ext != "" && strings.Trim(ext, "0123456789") != "" {
			t.Fatalf("%q has the extension %q", text, ext)
		}
		if again, same := cutNumber(mapping.Number(number, ext)); ext != "" && (again != number || same != ext) {
			t.Fatalf("%q is %q and %q, and then %q and %q", text, number, ext, again, same)
		}
		if ext == "" && number != strings.TrimSpace(text) {
			t.Fatalf("%q became %q", text, number)
		}
	})
}

// FuzzName searches for a text within names: whatever it is, it stays a literal.
func FuzzName(f *testing.F) {
	for _, s := range []string{"Ann Lee", "O'Brien", `a" or id>0 or "`, "  ", " a", "a ", "é ü", `"'`, "in (1)", "a b c d e f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("the door lets no such text in")
		}
		e, err := nameContains(text)
		if err != nil || text == "" {
			return
		}
		node, err := conditions.Parse(string(e))
		if err != nil {
			t.Fatalf("%q cannot be parsed: %v", e, err)
		}
		for _, c := range comparisons(t, node) {
			if c.Operator != conditions.Contains || len(c.Values) != 1 || c.Values[0].Kind != conditions.Text || !strings.Contains(text, c.Values[0].Text) {
				t.Fatalf("%q became %q", text, e)
			}
		}
	})
}

func comparisons(t *testing.T, node conditions.Node) []*conditions.Comparison {
	t.Helper()
	var list []*conditions.Comparison
	switch n := node.(type) {
	case *conditions.And:
		for _, part := range n.Parts {
			list = append(list, comparisons(t, part)...)
		}
	case *conditions.Or:
		for _, part := range n.Parts {
			list = append(list, comparisons(t, part)...)
		}
	case *conditions.Comparison:
		list = append(list, n)
	default:
		t.Fatalf("%#v", node)
	}
	return list
}

// apply makes of some ways what the operations make of them, as ConnectWise applies
// them: the simulator's reading of a PATCH.
func apply(t *testing.T, ways []api.CommunicationItem, ops []api.Op) []api.CommunicationItem {
	t.Helper()
	list := make([]any, len(ways))
	for n, w := range ways {
		list[n] = store.Object{
			"id": int64(w.ID), "value": w.Value, "extension": w.Extension, "defaultFlag": w.Default, "communicationType": w.Kind,
			"type": store.Object{"id": int64(w.Type.ID), "name": w.Type.Name},
		}
	}
	record := store.Object{"communicationItems": list}
	sent, err := json.Marshal(ops)
	if err != nil {
		t.Fatal(err)
	}
	if len(ops) > 0 {
		operations, err := body.Operations(sent)
		if err != nil {
			t.Fatal(err)
		}
		for _, op := range operations {
			if err := op.Apply(schema.Lookup("Contact"), record); err != nil {
				t.Fatal(err)
			}
		}
	}
	b, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	var out struct{ CommunicationItems []api.CommunicationItem }
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out.CommunicationItems
}

// FuzzItems makes a contact's ways to be reached of any to any: the operations give
// just what was asked for, and leave the rest alone.
func FuzzItems(f *testing.F) {
	f.Add("e1 E2 p3 m4", "2 1", "9", "")
	f.Add("", "1 2 3", "1x2", "3")
	f.Add("e1 e2 e3 f4 P5", "", "", "")
	f.Add("p1 p2 m3 E4 e5", "5 6 7 8", "1x2", "4")
	f.Add("f1 f2 F3", "3", "", "1")
	f.Fuzz(func(t *testing.T, current, emails, number, mobile string) {
		if !utf8.ValidString(current) || !utf8.ValidString(emails) || !utf8.ValidString(number) || !utf8.ValidString(mobile) {
			t.Skip("the decoder lets no such text in")
		}
		var ways []api.CommunicationItem
		for n, word := range strings.Fields(current) {
			if len(word) < 2 || n > 20 || slices.ContainsFunc(ways, func(w api.CommunicationItem) bool { return w.Value == word[1:] }) {
				continue
			}
			way := api.CommunicationItem{ID: n + 1, Value: word[1:], Type: &api.Ref{ID: 2, Name: "Direct"}, Kind: phone, Default: strings.ToLower(word[:1]) != word[:1]}
			switch strings.ToLower(word[:1]) {
			case "e":
				way.Kind, way.Type = email, &api.Ref{ID: 1, Name: "Email"}
			case "m":
				way.Type = &api.Ref{ID: 4, Name: "Mobile"}
			case "f":
				way.Kind, way.Type = "Fax", &api.Ref{ID: 3, Name: "Fax"}
			}
			ways = append(ways, way)
		}
		var want []string
		for address := range strings.FieldsSeq(emails) {
			if len(want) < 20 && !slices.ContainsFunc(want, func(w string) bool { return strings.EqualFold(w, address) }) {
				want = append(want, address)
			}
		}
		list := newItems(ways)
		list.setEmails(want, 1)
		for of, text := range map[string]string{"phone": number, "mobile": mobile} {
			which, typeID := which(otherNumber), 2
			if of == "mobile" {
				which, typeID = mobileNumber, 4
			}
			if n, ext := cutNumber(text); n != "" {
				list.setMain(which, item{Type: api.ID{ID: typeID}, Value: n, Extension: ext, Kind: phone})
			} else {
				list.dropMain(which)
			}
		}
		got := apply(t, ways, list.ops())
		// The simulator's answers name the types of what is new; these do not.
		for n, w := range got {
			if w.Type != nil && w.Type.ID == 4 {
				got[n].Type.Name = "Mobile"
			}
		}
		held := mapping.Emails(&api.Contact{Communications: got})
		if len(held) != len(want) || len(want) > 0 && held[0] != want[0] {
			t.Fatalf("%v with %v became %v", ways, want, held)
		}
		for _, address := range want {
			if !slices.Contains(held, address) {
				t.Fatalf("%v with %v became %v", ways, want, held)
			}
		}
		after := newItems(got)
		for text, which := range map[string]which{number: otherNumber, mobile: mobileNumber} {
			n, ext := cutNumber(text)
			if n == "" || number == mobile {
				continue
			}
			if main := after.of(which); len(main) == 0 || got[main[0]].Value != n || got[main[0]].Extension != ext {
				t.Fatalf("%v with %q became %v", ways, text, got)
			}
		}
		fax := func(list []api.CommunicationItem) int {
			return len(slices.DeleteFunc(slices.Clone(list), func(w api.CommunicationItem) bool { return w.Kind != "Fax" }))
		}
		if fax(ways) != fax(got) {
			t.Fatalf("the fax numbers of %v became %v", ways, got)
		}
	})
}
