package simulator

import (
	"strings"
	"testing"
)

// written is a counter that knows its documents: they have one path.
type written struct{ counter }

func (w *written) Undocumented(r Request) []string {
	if r.Path == "/n" {
		return nil
	}
	return []string{"there is no " + r.Path}
}

func TestRequestsAreHeldAgainstTheDocuments(t *testing.T) {
	t.Parallel()
	s := startVendor(t, &written{})
	for _, path := range []string{"/n", "/m"} {
		mustCall(t, "GET", s.URL+path, "", 200)
	}
	log := mustCall(t, "GET", s.URL+"/_sim/requests", "", 200)
	if strings.Count(log, "undocumented") != 1 || !strings.Contains(log, `"undocumented":["there is no /m"]`) {
		t.Errorf("the log is %s", log)
	}
}
