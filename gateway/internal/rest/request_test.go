package rest

import (
	"reflect"
	"testing"

	"github.com/deskgate/deskgate/gateway/internal/pipeline"
)

func TestOptions(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		query string
		rest  string
		want  pipeline.Options
		field string
	}{
		"nothing":          {query: ""},
		"dry run":          {query: "dry_run=true", want: pipeline.Options{DryRun: true}},
		"no dry run":       {query: "dry_run=false&x=1", rest: "x=1"},
		"codes":            {query: "accept=a,b&accept=c%2Cd", want: pipeline.Options{Accept: []string{"a", "b", "c,d"}}},
		"the rest stays":   {query: "a=1&dry_run=true&b=%2C", rest: "a=1&b=%2C", want: pipeline.Options{DryRun: true}},
		"neither":          {query: "dry_run=yes", field: "dry_run"},
		"no value":         {query: "dry_run", field: "dry_run"},
		"twice":            {query: "dry_run=false&dry_run=true", field: "dry_run"},
		"an empty code":    {query: "accept=a,,b", field: "accept"},
		"a broken escape":  {query: "accept=%zz", field: "accept"},
		"another spelling": {query: "Dry_Run=true", rest: "Dry_Run=true"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rest, got, prob := options(c.query)
			if c.field != "" {
				if prob == nil || prob.Violations[0].Field != c.field {
					t.Fatalf("options(%q) = %v, want a violation of %s", c.query, prob, c.field)
				}
				return
			}
			if prob != nil || rest != c.rest || !reflect.DeepEqual(got, c.want) {
				t.Errorf("options(%q) = %q, %+v, %v; want %q, %+v", c.query, rest, got, prob, c.rest, c.want)
			}
		})
	}
}

func FuzzOptions(f *testing.F) {
	f.Add("dry_run=true&accept=a,b&x=%2C")
	f.Add("accept=%zz&&=")
	f.Fuzz(func(t *testing.T, query string) {
		rest, got, prob := options(query)
		if prob != nil {
			return
		}
		// What is left holds no option, so a second look finds none.
		again, none, prob := options(rest)
		if prob != nil || again != rest || none.DryRun || none.Accept != nil {
			t.Errorf("options(%q) left %q, which still holds %+v (%v); first %+v", query, rest, none, prob, got)
		}
	})
}

func TestRepresentation(t *testing.T) {
	t.Parallel()
	plain := representation(`"abc"`, "")
	if plain[:5] != `"abc.` {
		t.Errorf("the tag %s does not lead with the record's etag", plain)
	}
	if representation(`"abc"`, "include=SLA,VENDOR") != representation(`"abc"`, "include=VENDOR&include=SLA") {
		t.Error("the order of includes changes the tag")
	}
	if representation(`"abc"`, "include=VENDOR") == plain {
		t.Error("an answer with the vendor's record has the tag of one without")
	}
	for header, want := range map[string]bool{
		"": false, "*": true, plain: true, "W/" + plain: true, `"x", ` + plain: true, `"abc"`: false,
	} {
		if matches(header, plain) != want {
			t.Errorf("If-None-Match %q matches %s: %v", header, plain, !want)
		}
	}
}

func TestLocation(t *testing.T) {
	t.Parallel()
	got := location("/v1/connections/{connection}/tickets/{ticket}/notes/{note}", map[string]string{"connection": "cw", "ticket": "a/b"}, "7")
	if want := "/v1/connections/cw/tickets/a%2Fb/notes/7"; got != want {
		t.Errorf("location = %s, want %s", got, want)
	}
}
