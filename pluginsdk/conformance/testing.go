package conformance

import (
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// Test runs the suite from go test, a subtest for each check: one that failed
// fails, and what is not served or not run is skipped, with its reason. At least
// one check has to pass.
func Test(t *testing.T, o Options) *Report {
	t.Helper()
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Checks {
		t.Run(c.Name, func(t *testing.T) {
			for _, m := range c.Messages {
				t.Log(m)
			}
			switch c.Verdict {
			case suite.Failed:
				t.Error(c.About)
			case suite.NotServed, suite.NotRun:
				t.Skip(c.Verdict, c.Reason)
			}
		})
	}
	if r.Passed == 0 {
		t.Error("no check was run that could pass")
	}
	return r
}
