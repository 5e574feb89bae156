package receipt

import psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

// Skipped adds a step that was not needed; ref is the id of what was there before.
func (s *Steps) Skipped(name, ref string) {
	s.list = append(s.list, psav1.Step_builder{Name: &name, State: new(psav1.Step_State_SKIPPED), VendorRef: &ref}.Build())
}
