package merge

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// trail is the steps that were taken for one duplicate, and how to take them back.
type trail struct {
	steps []*psav1.Step
	undo  []undo
}

// undo takes a step back by deleting what it made.
type undo struct {
	step *psav1.Step
	path string
}

func (t *trail) add(name, ref string, state psav1.Step_State_V) *psav1.Step {
	step := psav1.Step_builder{Name: &name, State: &state}.Build()
	if ref != "" {
		step.SetVendorRef(ref)
	}
	t.steps = append(t.steps, step)
	return step
}

func (t *trail) done(name, ref string) { t.add(name, ref, psav1.Step_State_DONE) }

func (t *trail) skipped(name, ref string) { t.add(name, ref, psav1.Step_State_SKIPPED) }

// made adds a step that made the record of a path.
func (t *trail) made(name, ref, path string) {
	t.undo = append(t.undo, undo{t.add(name, ref, psav1.Step_State_DONE), path})
}

func (t *trail) failed(name string, err error) {
	t.add(name, "", psav1.Step_State_FAILED).SetError(fault.From(err).Message)
}

// takeBack deletes what the steps made, the last first, and returns the error of
// the step that failed with what became of it.
func (t *trail) takeBack(ctx context.Context, a *account.Account, err error) error {
	e := *fault.From(err)
	var left []string
	for _, u := range slices.Backward(t.undo) {
		_, failed := a.API.Do(ctx, vendorhttp.Request{Name: "take back: " + u.step.GetName(), Method: http.MethodDelete, Path: u.path})
		if failed != nil {
			u.step.SetState(psav1.Step_State_LEFT)
			left = append(left, "/"+u.path)
			continue
		}
		call.From(ctx).TookBack()
		u.step.SetState(psav1.Step_State_UNDONE)
	}
	for _, step := range t.steps {
		if step.GetState() == psav1.Step_State_DONE { // there was no way to take it back
			step.SetState(psav1.Step_State_LEFT)
			left = append(left, step.GetName())
		}
	}
	switch {
	case len(left) > 0:
		e.Message += fmt.Sprintf("; left at ConnectWise: %s", strings.Join(left, ", "))
	case len(t.undo) > 0:
		e.Message += "; what was written before it was taken back"
		fallthrough
	default:
		if !lost.MayBeDone(err) {
			e.Outcome = "" // nothing of it is left at the PSA
		}
	}
	return &e
}
