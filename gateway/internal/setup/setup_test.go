package setup_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	gatewayv1 "github.com/deskgate/deskgate/proto/deskgate/gateway/v1"

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
	finding := func(step string, level connectorv1.Finding_Level_V) *connectorv1.Finding {
		return connectorv1.Finding_builder{Step: &step, Level: &level}.Build()
	}
	const (
		ok, warning     = connectorv1.Finding_Level_OK, connectorv1.Finding_Level_WARNING
		failed, unknown = connectorv1.Finding_Level_FAILED, connectorv1.Finding_Level_UNKNOWN
	)
	for name, c := range map[string]struct {
		found []*connectorv1.Finding
		want  gatewayv1.SetupStep_State_V
	}{
		"all well":           {[]*connectorv1.Finding{finding("a", ok), finding("b", ok)}, gatewayv1.SetupStep_State_DONE},
		"one to look at":     {[]*connectorv1.Finding{finding("a", ok), finding("a", warning)}, gatewayv1.SetupStep_State_REVIEW},
		"one failed":         {[]*connectorv1.Finding{finding("a", unknown), finding("b", warning), finding("b", failed)}, gatewayv1.SetupStep_State_MISSING},
		"one not known":      {[]*connectorv1.Finding{finding("a", unknown), finding("b", warning)}, gatewayv1.SetupStep_State_NOT_PROVABLE},
		"not known, before":  {[]*connectorv1.Finding{finding("a", warning), finding("b", unknown)}, gatewayv1.SetupStep_State_NOT_PROVABLE},
		"one without level":  {[]*connectorv1.Finding{finding("a", ok), {}, finding("b", 0)}, gatewayv1.SetupStep_State_NOT_PROVABLE},
		"nothing was looked": {[]*connectorv1.Finding{finding("c", ok)}, gatewayv1.SetupStep_State_NOT_PROVABLE},
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
