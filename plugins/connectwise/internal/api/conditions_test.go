package api_test

import (
	"errors"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/conditions"
)

// FuzzText puts text from outside into a condition and reads it with a parser of
// the language that knows nothing of this package: it must come back as the one
// literal that it is.
func FuzzText(f *testing.F) {
	for _, s := range []string{
		"", "Contoso", `5" disk`, "O'Brien", `a" or id>0 or name="`, `a' or id>0 or name='`, "[2026-01-01]", "100%", "a*b", "(x)",
		`\`, `\"`, "\n", "ü 漢 😀", "null", "true", "in (1,2)", "%22", "a\tb", "--", `"`, `'`, `"'`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("the door lets no such text in")
		}
		e, err := api.EqText("name", text)
		if err != nil {
			return // said, and nothing sent
		}
		guard, err := api.Contains("identifier", text)
		if err != nil {
			t.Fatal(err)
		}
		node, err := conditions.Parse(string(api.And(e, api.Or(guard, api.GtInt("id", 7)))))
		if err != nil {
			t.Fatalf("%q cannot be parsed: %v", e, err)
		}
		and, ok := node.(*conditions.And)
		if !ok || len(and.Parts) != 2 {
			t.Fatalf("%q became %#v", text, node)
		}
		first, ok := and.Parts[0].(*conditions.Comparison)
		if !ok || first.Operator != conditions.Equal || len(first.Values) != 1 || first.Values[0].Kind != conditions.Text || first.Values[0].Text != text {
			t.Fatalf("%q became %#v", text, and.Parts[0])
		}
	})
}

func TestUnquotable(t *testing.T) {
	t.Parallel()
	if _, err := api.EqText("name", `both " and '`); !errors.Is(err, api.ErrUnquotable) {
		t.Errorf("got %v", err)
	}
	if _, err := api.Contains("name", "a\x00b"); err == nil {
		t.Error("a NUL byte was taken")
	}
}

func TestExpressions(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 987, time.FixedZone("", 3600))
	for got, want := range map[api.Expr]string{
		api.In("board/id", []int{1}):                                 "board/id=1",
		api.In("board/id", []int{1, 2}):                              "board/id in (1,2)",
		api.Time("lastUpdated", api.Since, at):                       "lastUpdated>=[2026-01-02T02:04:05Z]",
		api.Time("dateStart", api.Before, at):                        "dateStart<[2026-01-02T02:04:06Z]",
		api.Time("dateStart", api.Before, at.Truncate(time.Second)):  "dateStart<[2026-01-02T02:04:05Z]",
		api.And("", api.EqBool("closedFlag", true), ""):              "closedFlag=true",
		api.And(api.EqInt("a", 1), api.Or(api.EqInt("b", 2), "c=3")): "(a=1 and (b=2 or c=3))",
		api.Or(api.EqInt("b", 2), ""):                                "", // one that matches everything
		api.And(api.IsNull("owner/id"), api.NotNull("contact/id")):   "(owner/id=null and contact/id!=null)",
	} {
		if string(got) != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if want != "" {
			if _, err := conditions.Parse(want); err != nil {
				t.Errorf("%s: %v", want, err)
			}
		}
	}
}

func TestNeutralFields(t *testing.T) {
	t.Parallel()
	got := []string{}
	for _, field := range []string{"company/id", "status/name", "board", "Summary", "/externalXRef", "team/id", "", "a, b"} {
		got = append(got, api.NeutralField(field))
	}
	want := []string{"company", "status", "queue", "title", "external_id", `custom_fields["vendor.team"]`, "", ""}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
