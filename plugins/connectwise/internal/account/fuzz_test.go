package account

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/conditions"
)

// FuzzFullName looks for a name cut in every way: each way is the name again.
func FuzzFullName(f *testing.F) {
	for _, s := range []string{"Ann Lee", "Ann", "Anna Maria von der Heide", "O'Brien", `a" or id>0 or "`, " ", "a\tb", `"' x`, "é\u00a0ü"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if !utf8.ValidString(name) {
			t.Skip("the door lets no such text in")
		}
		e, err := fullNameCondition(name)
		if err != nil {
			return
		}
		node, err := conditions.Parse(string(e))
		if err != nil {
			t.Fatalf("%q cannot be parsed: %v", e, err)
		}
		ways := []conditions.Node{node}
		if or, ok := node.(*conditions.Or); ok {
			ways = or.Parts
		}
		for _, way := range ways {
			parts := []conditions.Node{way}
			if and, ok := way.(*conditions.And); ok {
				parts = and.Parts
			}
			var words []string
			for _, part := range parts {
				c, ok := part.(*conditions.Comparison)
				if !ok || c.Operator != conditions.Equal || len(c.Values) != 1 {
					t.Fatalf("%q became %q", name, e)
				}
				words = append(words, c.Values[0].Text)
			}
			if strings.Join(words, " ") != strings.Join(strings.Fields(name), " ") {
				t.Fatalf("%q became %q", name, e)
			}
		}
	})
}

// FuzzEmailCondition looks for an address: it stays a literal.
func FuzzEmailCondition(f *testing.F) {
	for _, s := range []string{"a@x.example", `a" or communicationItems/value!="`, "", "'", `"'`, "a%@*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		if !utf8.ValidString(address) {
			t.Skip("the door lets no such text in")
		}
		e, err := EmailCondition(address)
		if err != nil {
			return
		}
		node, err := conditions.Parse(string(e))
		if err != nil {
			t.Fatalf("%q cannot be parsed: %v", e, err)
		}
		and, ok := node.(*conditions.And)
		if !ok || len(and.Parts) != 2 {
			t.Fatalf("%q became %q", address, e)
		}
		if c, ok := and.Parts[0].(*conditions.Comparison); !ok || c.Operator != conditions.Equal || c.Values[0].Text != address {
			t.Fatalf("%q became %q", address, e)
		}
	})
}
