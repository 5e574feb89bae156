package catalogue_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

type entry catalogue.Entry

func (e entry) Entry() catalogue.Entry { return catalogue.Entry(e) }

var queues = catalogue.List[entry]{What: "queue", Values: []entry{
	{ID: "1", Name: "Dispatch"},
	{ID: "2", Name: "dispatch"},
	{ID: "3", Name: "Network"},
	{ID: "4", Name: "Old", Inactive: true},
	{ID: "5", Name: "3"},
	{ID: "6", Name: "Projects"},
	{ID: "7", Name: "Projects"},
	{ID: "8", Name: "Reborn", Inactive: true},
	{ID: "9", Name: "Reborn"},
	{ID: "10", Name: "Field Service", Also: []string{"onsite"}},
}}

func TestPick(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		ref     catalogue.Reference
		want    string // the id, or
		field   string // where the fault is
		didMean string
		allowed string // one of the values allowed
	}{
		"exact name":             {ref: catalogue.Reference{Name: "dispatch"}, want: "2"},
		"name in another case":   {ref: catalogue.Reference{Name: "NETWORK"}, want: "3"},
		"id":                     {ref: catalogue.Reference{ID: "3"}, want: "3"},
		"id and its name":        {ref: catalogue.Reference{ID: "3", Name: " network"}, want: "3"},
		"id and another name":    {ref: catalogue.Reference{ID: "1", Name: "Network"}, field: "queue"},
		"id and a name besides":  {ref: catalogue.Reference{ID: "10", Name: "ONSITE"}, want: "10"},
		"name besides":           {ref: catalogue.Reference{Name: "Onsite"}, want: "10"},
		"name that is a number":  {ref: catalogue.Reference{Name: "3"}, want: "5"},
		"active among namesakes": {ref: catalogue.Reference{Name: "Reborn"}, want: "9"},
		"ambiguous":              {ref: catalogue.Reference{Name: "Projects"}, field: "queue.name", allowed: "7"},
		"ambiguous in any case":  {ref: catalogue.Reference{Name: "DISPATCH"}, field: "queue.name", allowed: "2"},
		"misspelt":               {ref: catalogue.Reference{Name: "Netvork"}, field: "queue.name", didMean: "Network", allowed: "Network"},
		"far from everything":    {ref: catalogue.Reference{Name: "Kitchen"}, field: "queue.name", allowed: "Dispatch"},
		"unknown id":             {ref: catalogue.Reference{ID: "99"}, field: "queue.id", allowed: "3"},
		"inactive by name":       {ref: catalogue.Reference{Name: "Old"}, field: "queue.name", allowed: "Network"},
		"inactive by id":         {ref: catalogue.Reference{ID: "4"}, field: "queue.id", allowed: "Network"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := queues.Pick("queue", test.ref)
			if test.want != "" {
				if err != nil || got.ID != test.want {
					t.Fatalf("got %q, %v; want %q", got.ID, err, test.want)
				}
				return
			}
			if fault.CodeOf(err) != fault.CodeInvalidArgument {
				t.Fatalf("got %v", err)
			}
			v := fault.From(err).Violations[0]
			if v.Field != test.field || v.DidYouMean != test.didMean || test.allowed != "" && !slices.Contains(v.Allowed, test.allowed) {
				t.Errorf("violation %+v", v)
			}
			if test.allowed == "" && (!strings.Contains(v.Message, "Dispatch") || !strings.Contains(v.Message, test.ref.Name)) {
				t.Errorf("the message does not name both: %s", v.Message)
			}
			if slices.Contains(v.Allowed, "Old") {
				t.Error("an inactive value is offered")
			}
		})
	}
}

func TestFilter(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"Dispatch": {"1"},
		"DISPATCH": {"1", "2"},
		"3":        {"5"}, // the name goes before the id
		"id:3":     {"3"},
		"4":        {"4"}, // old records have it
		"old":      {"4"},
		"Projects": {"6", "7"},
	}
	for text, want := range tests {
		found, err := queues.Filter("queue", text)
		var got []string
		for _, e := range found {
			got = append(got, e.ID)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %v, %v; want %v", text, got, err, want)
		}
	}
	levels := catalogue.List[entry]{What: "priority", Values: []entry{{ID: "1", Name: "Priority 2 - High"}, {ID: "2", Name: "Low"}, {ID: "3", Name: "Night"}}}
	for asked, want := range map[string]string{"Hgih": "Priority 2 - High", "low": "", "Lwo": "", "Nihgt": "Night", "x": ""} {
		_, err := levels.Pick("priority", catalogue.Reference{Name: asked})
		if err == nil && asked == "low" {
			continue
		}
		if got := fault.From(err).Violations[0].DidYouMean; got != want {
			t.Errorf("%s: did you mean %q, want %q", asked, got, want)
		}
	}
	for _, text := range []string{"99", "id:99", "id:Network", "nobody"} {
		if _, err := queues.Filter("queue", text); !errors.Is(err, catalogue.ErrUnknown) || fault.From(err).Violations[0].Field != "queue" {
			t.Errorf("%s: got %v", text, err)
		}
	}
}
