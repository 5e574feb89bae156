package report

import (
	"encoding/xml"
	"io"
	"strings"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// JUnit writes the report for build servers: what is not served or not run is
// skipped there.
func (r *Report) JUnit(w io.Writer) error {
	type text struct {
		Message string `xml:"message,attr"`
		Body    string `xml:",chardata"`
	}
	type testcase struct {
		Class   string  `xml:"classname,attr"`
		Name    string  `xml:"name,attr"`
		Seconds float64 `xml:"time,attr"`
		Failure *text   `xml:"failure,omitempty"`
		Skipped *text   `xml:"skipped,omitempty"`
	}
	type testsuite struct {
		XMLName  xml.Name   `xml:"testsuite"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Skipped  int        `xml:"skipped,attr"`
		Cases    []testcase `xml:"testcase"`
	}
	s := testsuite{Name: r.Connector, Tests: len(r.Checks), Failures: r.Failed, Skipped: r.NotServed + r.NotRun}
	for _, c := range r.Checks {
		class, _, _ := strings.Cut(c.Name, "/")
		one := testcase{Class: r.Connector + "." + class, Name: c.Name, Seconds: c.Seconds}
		switch c.Verdict {
		case suite.Failed:
			one.Failure = &text{Message: c.About, Body: strings.Join(c.Messages, "\n")}
		case suite.NotServed, suite.NotRun:
			one.Skipped = &text{Message: string(c.Verdict) + ": " + c.Reason}
		}
		s.Cases = append(s.Cases, one)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	return e.Encode(s)
}
