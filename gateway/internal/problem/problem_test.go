package problem_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deskgate/deskgate/gateway/internal/problem"
)

var update = flag.Bool("update", false, "write the codes into docs/errors.md")

const (
	errorsPage = "../../../docs/errors.md"
	codesTitle = "\n## Codes\n"
)

// codes is the part of the documentation that the table of codes makes.
func codes() string {
	var b strings.Builder
	b.WriteString(codesTitle + "\n| code | status | retryable |\n|---|---|---|\n")
	for _, c := range problem.Codes() {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s |\n", c.Code, c.Code, statuses(c), map[bool]string{true: "yes", false: "no"}[c.Retryable])
	}
	for _, c := range problem.Codes() {
		fmt.Fprintf(&b, "\n### %s\n\n%s, %s. %s\n\n**What to do**: %s\n", c.Code, statuses(c), c.Title, c.Meaning, c.Remedy)
	}
	return b.String()
}

func statuses(c problem.Info) string {
	if c.OtherStatus != 0 {
		return fmt.Sprintf("%d, %d", c.Status, c.OtherStatus)
	}
	return fmt.Sprint(c.Status)
}

// TestErrorsPage holds the documentation to the codes.
func TestErrorsPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(errorsPage)
	if err != nil {
		t.Fatal(err)
	}
	before, after, found := bytes.Cut(text, []byte(codesTitle))
	if !found {
		t.Fatalf("%s has no part %q", errorsPage, codesTitle)
	}
	if *update {
		if err := os.WriteFile(errorsPage, append(before, codes()...), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(codes(), codesTitle+string(after)); diff != "" {
		t.Errorf("%s is not what the codes make; run with -update (-want +got):\n%s", errorsPage, diff)
	}
}

// TestCodes looks at what every code has to have.
func TestCodes(t *testing.T) {
	t.Parallel()
	seen := map[problem.Code]bool{}
	last := 0
	for _, c := range problem.Codes() {
		if seen[c.Code] || c.Status < last || c.Status < 400 || c.Title == "" || !strings.HasSuffix(c.Meaning, ".") || !strings.HasSuffix(c.Remedy, ".") {
			t.Errorf("%+v", c)
		}
		seen[c.Code], last = true, c.Status
	}
	if got := problem.Lookup("no such code").Code; got != problem.Internal {
		t.Errorf("an unknown code is %s", got)
	}
}

func TestRetryable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		problem problem.Problem
		want    bool
	}{
		"a vendor that fails":      {problem.Problem{Code: problem.VendorError}, true},
		"a write that was lost":    {problem.Problem{Code: problem.VendorError, Outcome: problem.Unknown}, false},
		"one that was not sent":    {problem.Problem{Code: problem.DeadlineExceeded, Outcome: problem.NotSent}, true},
		"a vendor that is down":    {problem.Problem{Code: problem.ConnectionDown}, true},
		"a login that is refused":  {problem.Problem{Code: problem.ConnectionDown, Reason: problem.LoginRefused}, false},
		"one that nobody mends":    {problem.Problem{Code: problem.ConnectionDown, Reason: problem.NeedsAttention}, false},
		"a mistake of the request": {problem.Problem{Code: problem.InvalidArgument}, false},
		"a fault of the gateway's": {*problem.From(errors.New("boom")), false},
	} {
		if got := c.problem.Retryable(); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	p := problem.New(problem.TooLarge, "the request's header is larger than %d bytes", 5)
	p.Status, p.RetryAfter = 431, 1100*time.Millisecond
	want := problem.Document{
		Type: "/docs/errors#too_large", Title: "Too large", Status: 431, Detail: "the request's header is larger than 5 bytes",
		Code: problem.TooLarge, Source: problem.Gateway, RequestID: "r1", Operation: "tickets.get", Connection: "cw", RetryAfter: 2,
	}
	if diff := cmp.Diff(want, p.Document("r1", "tickets.get", "cw")); diff != "" {
		t.Error(diff)
	}
}
