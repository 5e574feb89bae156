package connectwise_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/conformance"
)

// TestMutants: the suite fails a connector for each mistake, by the check that is
// about it and for the right reason.
func TestMutants(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		// check is the one that has to fail; says is what one of its messages
		// must match.
		check, says string
	}{
		"loses_a_row_at_a_page": {"paging/tickets.list", `lacks \d+`},
		"repeats_a_page":        {"paging/tickets.list", `twice`},
		"reverses_pages":        {"paging/tickets.list", `at place`},
		"never_ends":            {"paging/tickets.list", `never ends`},
		"takes_any_page_size":   {"paging/tickets.list", `rows where 7 were asked`},
		"logs_a_secret":         {"connector/unknown_connection", `secret of the connection is told`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			messages := failing(t, name, test.check)
			if !regexp.MustCompile(test.says).MatchString(strings.Join(messages, "\n")) {
				t.Errorf("it fails for another reason than %q:\n%s", test.says, strings.Join(messages, "\n"))
			}
		})
	}
}

// TestMutantWithoutAMistake: standing between is none.
func TestMutantWithoutAMistake(t *testing.T) {
	t.Parallel()
	o := options(t, mutant)
	o.Environment = map[string]string{"DESKGATE_MUTANT": "none", "DESKGATE_MUTANT_OF": connector}
	conformance.Test(t, o)
}

// failing runs one check against a mutant and returns what it said.
func failing(t *testing.T, name, check string) []string {
	t.Helper()
	o := options(t, mutant)
	o.Environment = map[string]string{"DESKGATE_MUTANT": name, "DESKGATE_MUTANT_OF": connector}
	o.Run = regexp.MustCompile("^" + regexp.QuoteMeta(check) + "$")
	r, err := conformance.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Checks) != 1 || r.Failed != 1 {
		t.Fatalf("%s does not fail it: %+v", check, r.Checks)
	}
	return r.Checks[0].Messages
}
