package report

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// CheckOf is a check's verdict as it is reported.
func CheckOf(result suite.Result) Check {
	return Check{
		Name: result.Check.Name, About: result.Check.About, Verdict: result.Verdict,
		Messages: result.Messages, Reason: result.Reason, Seconds: result.Duration.Seconds(),
		VendorRequests: len(result.Requests), requests: result.Requests,
	}
}

// Line is the verdict as a person reads it: a line, and more where it failed.
func (c Check) Line() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%-10s  %s", c.Verdict, c.Name)
	if c.Reason != "" {
		fmt.Fprintf(&text, "  (%s)", c.Reason)
	}
	if c.Verdict == suite.Failed {
		text.WriteString(below + c.About)
	}
	for _, m := range c.Messages {
		text.WriteString(below + "- " + strings.ReplaceAll(m, "\n", below+"  "))
	}
	return text.String()
}

// below begins a line that belongs to the one above.
const below = "\n            "

// Requests are the requests that the check cost at the PSA, a line each, to stand
// below its Line; "" where there are none.
func (c Check) Requests() string {
	var text strings.Builder
	for _, r := range c.requests {
		text.WriteString(below + request(r))
	}
	return text.String()
}

// longestQuery bounds what is shown of a request's query.
const longestQuery = 120

func request(r simulated.Request) string {
	query := r.Query
	if decoded, err := url.QueryUnescape(query); err == nil {
		query = decoded
	}
	if query != "" {
		query = "?" + query
	}
	if cut := []rune(query); len(cut) > longestQuery {
		query = string(cut[:longestQuery]) + "..."
	}
	return fmt.Sprintf("%d %-6s %s%s", r.Status, r.Method, r.Path, query)
}
