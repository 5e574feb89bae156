package setup_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deskgate/deskgate/gateway/internal/setup"
)

const page = "# Connecting\n\nSome [`stray`] words.\n\n## 1. A role\n\n| a | why [`tickets`] |\n| b | [`boards`, `priorities`] and [`tickets`] |\n\n" +
	"## Not a step\n\n[`login`]\n\n## 2. Keys\n\n```hcl\nsite = \"x\" # [reach]\n```\n[a link](https://a.example) [X] [`Upper`]\n"

func TestSteps(t *testing.T) {
	t.Parallel()
	want := []setup.Step{
		{Title: "1. A role", ProvenBy: []string{"tickets", "boards", "priorities", "login"}},
		{Title: "2. Keys", ProvenBy: []string{"reach"}},
	}
	if diff := cmp.Diff(want, setup.Steps(page)); diff != "" {
		t.Error(diff)
	}
	if got := setup.Steps("nothing"); got != nil {
		t.Errorf("a page without steps has %v", got)
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	step := setup.Step{ProvenBy: []string{"a", "b"}}
	for name, c := range map[string]struct {
		found map[string][]setup.Level
		want  setup.State
	}{
		"all well":           {map[string][]setup.Level{"a": {setup.OK}, "b": {setup.OK}}, setup.Done},
		"one to look at":     {map[string][]setup.Level{"a": {setup.OK, setup.Warning}}, setup.Review},
		"one failed":         {map[string][]setup.Level{"a": {setup.Unknown}, "b": {setup.Warning, setup.Failed}}, setup.Missing},
		"one not known":      {map[string][]setup.Level{"a": {setup.Unknown}, "b": {setup.Warning}}, setup.NotProvable},
		"not known, before":  {map[string][]setup.Level{"a": {setup.Warning}, "b": {setup.Unknown}}, setup.NotProvable},
		"nothing was looked": {map[string][]setup.Level{"c": {setup.OK}}, setup.NotProvable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := step.Judge(c.found); got != c.want {
				t.Errorf("Judge = %v, want %v", got, c.want)
			}
		})
	}
}

func FuzzSteps(f *testing.F) {
	f.Add(page)
	f.Add("## 1. \n[``]")
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range setup.Steps(text) {
			if s.Title == "" {
				t.Error("a step has no title")
			}
		}
	})
}
