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

		"ignores_a_field":          {"update/tickets.several", `says nothing of it, and priority was asked`},
		"claims_what_was_dropped":  {"update/tickets.priority", `says applied, but priority was asked`},
		"writes_in_a_dry_run":      {"dry_run/tickets.update", `the dry run of tickets.update sent PATCH`},
		"plans_nothing":            {"dry_run/tickets.update", `plans nothing`},
		"internal_note_is_seen":    {"notes/internal", `made a note that is CUSTOMER`},
		"customer_note_is_hidden":  {"notes/customer", `made a note that is INTERNAL`},
		"retries_a_post":           {"create/time_entries", `lists these new ones: \d+, \d+`},
		"forgets_to_clear":         {"update/tickets.due_at", `due_at was asked to be nothing, and is read as`},
		"ignores_if_match":         {"if_match/tickets.update", `an etag that there never was is accepted`},
		"etag_never_changes":       {"if_match/tickets.update", `its etag is still`},
		"ignores_unknown_names":    {"names/tickets.create", `a queue that there is not is accepted`},
		"creates_twice":            {"create/tickets.external_id", `has that external id already`},
		"cuts_long_text":           {"limit/tickets.create.title", `says applied, but title was asked`},
		"swallows_line_breaks":     {"text/notes.create_internal.body", `says applied, but body was asked`},
		"rounds_time":              {"time/duration", `duration_seconds was asked to be 2820, and is read as 3600`},
		"hours_off":                {"create/tickets.full", `reads due_at "[^"]*", and the simulator holds`},
		"changes_what_it_may_not":  {"update/tickets.priority", `applied of title, which nobody asked for`},
		"attributes_to_the_first":  {"time/duration", `the agent resource is`},
		"loses_the_end_of_uploads": {"attachments/bytes", `others come back`},
		"deletes_nothing":          {"receipt/tickets.delete", `was deleted, and the simulator still holds it`},
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
