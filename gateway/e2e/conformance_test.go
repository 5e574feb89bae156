package e2e

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// suiteReport is what `deskgate connector test --output json` prints.
type suiteReport struct {
	Passed, Failed int
	Checks         []struct{ Name, Verdict, Reason string }
	Operations     []struct {
		Name, Support string
		Proven        []string
	}
}

// connectorTest runs the suite by the CLI and returns its exit code.
func connectorTest(t *testing.T, env []string, args ...string) (r suiteReport, code int, stderr string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, "deskgate"), append([]string{"connector", "test", "--output", "json"}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	var out, wrong strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &wrong
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	if out.Len() > 0 {
		if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
			t.Fatalf("%v in %s", err, out.String())
		}
	}
	return r, cmd.ProcessState.ExitCode(), wrong.String()
}

// TestExampleConforms: the connector in Node passes the suite for what it serves.
func TestExampleConforms(t *testing.T) {
	t.Parallel()
	desk := filepath.Join(t.TempDir(), "desk.json")
	simulator := exec.Command("node", filepath.Join(exampleFolder, "simulator.mjs"), "127.0.0.1:0", desk)
	_, url := run(t, regexp.MustCompile(`^(http://127\.0\.0\.1:\d+) keeps `), simulator)
	junit := filepath.Join(t.TempDir(), "junit.xml")
	r, code, stderr := connectorTest(t, []string{"DESK_SIMULATOR=" + url, "DESK=" + desk},
		filepath.Join(exampleFolder, "deskgate-connector-jsonfile"), "--config", filepath.Join(exampleFolder, "conformance.hcl"), "--junit", junit)
	if code != 0 || r.Failed > 0 || r.Passed == 0 {
		t.Errorf("exit %d: %d passed, %d failed: %s", code, r.Passed, r.Failed, stderr)
	}
	for _, c := range r.Checks {
		if c.Verdict == "failed" {
			t.Errorf("%s failed", c.Name)
		}
	}
	for _, o := range r.Operations {
		if o.Support != "NOT_SERVED" && len(o.Proven) == 0 && !strings.HasPrefix(o.Name, "catalogue.") { // its empty catalogues prove nothing
			t.Errorf("no check has shown anything of %s", o.Name)
		}
	}
	var suite struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Cases    []struct {
			Name string `xml:"name,attr"`
		} `xml:"testcase"`
	}
	text, err := os.ReadFile(junit)
	if err != nil || xml.Unmarshal(text, &suite) != nil || suite.Tests != len(r.Checks) || len(suite.Cases) != len(r.Checks) || suite.Failures != r.Failed {
		t.Errorf("JUnit has %d tests and %d failures, of %d checks (%v)", suite.Tests, suite.Failures, len(r.Checks), err)
	}
}

// TestSuiteThatOnlyReads: without a reset, what writes is not run, and nothing is
// written.
func TestSuiteThatOnlyReads(t *testing.T) {
	t.Parallel()
	w := &world{t: t, dir: t.TempDir()}
	w.simulate()
	file := filepath.Join(w.dir, "conformance.hcl")
	write(t, file, `
connection {
  site           = "`+w.simURL+`"
  company        = "mspdemo"
  public_key     = "`+publicKey()+`"
  private_key    = "`+vendorPassword+`"
  client_id      = "`+vendorClientID+`"
  agent_resource = "deskgate"
  rate_limit     = "off"
}
`)
	connector := filepath.Join(bin, "connectors/deskgate-connector-connectwise")
	r, code, stderr := connectorTest(t, nil, connector, "--config", file, "--run", `^(paging/tickets\.list|create/tickets|dry_run/tickets\.update)$`)
	verdicts := map[string]string{}
	for _, c := range r.Checks {
		verdicts[c.Name] = c.Verdict
	}
	if code != 0 || verdicts["paging/tickets.list"] != "passed" || verdicts["create/tickets"] != "not_run" || verdicts["dry_run/tickets.update"] != "not_run" {
		t.Errorf("exit %d: %v %s", code, verdicts, stderr)
	}
	if sent := w.written(); len(sent) > 0 {
		t.Errorf("written: %v", sent)
	}

	// A run that shows nothing is no success, and a file that is none says where.
	if _, code, stderr := connectorTest(t, nil, connector, "--config", file, "--run", "^create/tickets$"); code != 1 || !strings.Contains(stderr, "no check was run that could pass") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	write(t, file, "connection {\n  sight = \"x\"\n}\n")
	if _, code, stderr := connectorTest(t, nil, connector, "--config", file); code != 3 || !strings.Contains(stderr, "conformance.hcl:2,3-8") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// publicKey is the public part of the API member's login.
func publicKey() string {
	_, key, _ := strings.Cut(vendorUser, "+")
	return key
}
