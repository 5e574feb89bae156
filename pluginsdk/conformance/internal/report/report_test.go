package report_test

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/report"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func results() []suite.Result {
	check := func(name string, operations ...string) suite.Check {
		return suite.Check{Name: name, About: "The rule of " + name + ".", Operations: operations}
	}
	return []suite.Result{
		{Check: check("paging/tickets", "tickets.list"), Verdict: suite.Passed, Duration: 1500 * time.Millisecond,
			Requests: []simulated.Request{{Method: "GET", Path: "/tickets", Query: "where=a%20%3C%20b", Status: 200}}},
		{Check: check("writes/title", "tickets.update", "tickets.get"), Verdict: suite.Failed, Messages: []string{"it holds \"a\"\nand not <b>", "again"}},
		{Check: check("merge/native", "tickets.merge"), Verdict: suite.NotServed, Reason: "tickets.merge"},
		{Check: check("times/lost"), Verdict: suite.NotRun, Reason: "no reset_url", Messages: []string{"a word"}},
	}
}

func made() *report.Report {
	return report.New("example", "1.2.3", results(), []suite.Operation{
		{Name: "tickets.get", Served: true},
		{Name: "tickets.list", Served: true, Reason: "a | b", UnsupportedFilters: []string{"queue", "text"}},
		{Name: "tickets.merge"},
		{Name: "tickets.update", Served: true, Emulated: true, Reason: "in two steps", UnsupportedFields: []string{"due_at"}},
		{Name: "raw.read", Served: true},
	})
}

// TestGolden: what people and programs see.
func TestGolden(t *testing.T) {
	t.Parallel()
	r := made()
	for name, show := range map[string]func(io.Writer) error{
		"lines.txt": func(w io.Writer) error {
			for _, c := range results() {
				if _, err := io.WriteString(w, report.CheckOf(c).Line()+report.CheckOf(c).Requests()+"\n"); err != nil {
					return err
				}
			}
			return r.Summary(w)
		},
		"report.json": r.JSON, "report.xml": r.JUnit, "report.md": r.Markdown,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			if err := show(&got); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, got.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
