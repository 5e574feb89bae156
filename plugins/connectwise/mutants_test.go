package connectwise_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/conformance"
)

// mutants are the mistakes. check is the one that has to fail; says is what one of
// its messages must match.
var mutants = map[string]struct {
	check, says string
}{
	"drops_a_filter":        {"filtering/tickets.list", `with queue="\d+" answers \d+, whose queue is`},
	"takes_the_first_value": {"filtering/tickets.list", `with status="\d+","\d+" lacks \d+`},
	"since_is_exclusive":    {"filtering/tickets.list", `with updated_since=\S+ lacks \d+`},
	"loses_a_row_at_a_page": {"paging/tickets.list", `in pages of 7 answers \d+, which pages of 200 lack`},
	"repeats_a_page":        {"paging/tickets.list", `twice`},
	"reverses_pages":        {"paging_order/tickets.list", `tickets.list`},
	"never_ends":            {"paging/tickets.list", `never ends`},
	"takes_any_page_size":   {"paging/tickets.list", `rows where 7 were asked`},
	"forgets_includes":      {"reading_parts/tickets", `says that it omits DESCRIPTION`},
	"refers_to_no_name":     {"reading_values/tickets", `queue has the id "\d+" and the name ""`},
	"answers_any_id":        {"ids/tickets.get", `it has to be not_found`},
	"answers_for_another":   {"tenants/apart", `which is another connection's`},

	"leaks_a_secret":            {"ids/tickets.get", `a secret of the connection is told: .* \(with the key`},
	"logs_a_secret":             {"connector/unknown_connection", `secret of the connection is told`},
	"misses_as_trouble":         {"ids/tickets.get", `vendor_error: .* it has to be not_found`},
	"hides_vendor_words":        {"faults/read_refused", `nothing of the PSA's answer: vendor is missing`},
	"forgets_retry_after":       {"faults/read_refused", `retry_after_seconds must be`},
	"says_a_write_was_not_sent": {"faults/tickets.create", `"NOT_SENT": the write was sent and may have happened`},
	"ignores_deadlines":         {"deadlines/read", `the deadline is not passed on`},
	"mixes_up_callers":          {"crowd/reads", `otherwise in a crowd than alone`},
	"dies_of_an_id":             {"ids/tickets.get", `the connector process ended`},
	"saw_every_write":           {"lost/tickets.create", `never arrived at the PSA, and CheckOutcome says that it has happened`},
	"saw_no_write":              {"lost/tickets.create", `has happened, and CheckOutcome says that it did not`},
	"finds_all_well":            {"check/broken", `has no step that fails`},
	"counts_nothing":            {"cost/reads", `says that it cost 0 requests`},

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
}

// TestMutants: the suite fails a connector for each mistake, by the check that is
// about it and for the right reason.
func TestMutants(t *testing.T) {
	t.Parallel()
	for name, test := range mutants {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			messages := failing(t, name, test.check)
			if !regexp.MustCompile(test.says).MatchString(strings.Join(messages, "\n")) {
				t.Errorf("it fails for another reason than %q:\n%s", test.says, strings.Join(messages, "\n"))
			}
		})
	}
}

// TestMutantWithoutAMistake: standing between is none, for any of those checks.
func TestMutantWithoutAMistake(t *testing.T) {
	t.Parallel()
	var checks []string
	for _, m := range mutants {
		checks = append(checks, regexp.QuoteMeta(m.check))
	}
	o := options(t, mutant)
	o.Environment = map[string]string{"DESKGATE_MUTANT": "none", "DESKGATE_MUTANT_OF": connector}
	o.Run = regexp.MustCompile("^(" + strings.Join(checks, "|") + ")$")
	if r := conformance.Test(t, o); r.Passed != len(r.Checks) {
		t.Errorf("%d of %d checks pass", r.Passed, len(r.Checks))
	}
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
