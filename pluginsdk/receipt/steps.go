package receipt

import (
	"slices"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Steps are the steps of a write that takes several requests.
type Steps struct{ list []*psav1.Step }

// Done adds a step that was done; ref is the id of what it wrote.
func (s *Steps) Done(name, ref string) { s.add(name, ref, psav1.Step_State_DONE) }

// Failed adds a step that failed.
func (s *Steps) Failed(name string, err error) {
	s.list = append(s.list, psav1.Step_builder{Name: &name, State: new(psav1.Step_State_FAILED), Error: new(fault.From(err).Message)}.Build())
}

// Undone adds a step that was done and taken back since the write failed.
func (s *Steps) Undone(name, ref string) { s.add(name, ref, psav1.Step_State_UNDONE) }

// Left adds a step that was done and is left standing although the write failed.
func (s *Steps) Left(name, ref string) { s.add(name, ref, psav1.Step_State_LEFT) }

func (s *Steps) add(name, ref string, state psav1.Step_State_V) {
	s.list = append(s.list, psav1.Step_builder{Name: &name, State: &state, VendorRef: &ref}.Build())
}

// AnyDone reports whether a step was done, and still is.
func (s *Steps) AnyDone() bool {
	return slices.ContainsFunc(s.list, func(step *psav1.Step) bool {
		return step.GetState() == psav1.Step_State_DONE || step.GetState() == psav1.Step_State_LEFT
	})
}

// AnyFailed reports whether a step failed.
func (s *Steps) AnyFailed() bool {
	for _, step := range s.list {
		if step.GetState() == psav1.Step_State_FAILED {
			return true
		}
	}
	return false
}

// Taken reports how many steps there were.
func (s *Steps) Taken() int { return len(s.list) }

// Several returns the steps where there is more than one: a single one says
// nothing.
func (s *Steps) Several() []*psav1.Step {
	if len(s.list) < 2 {
		return nil
	}
	return s.list
}
