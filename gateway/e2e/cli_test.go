package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// rewrite copies the world's configuration with a text replaced.
func (w *world) rewrite(from, to string) string {
	w.t.Helper()
	config, err := os.ReadFile(filepath.Join(w.dir, "gateway.hcl"))
	if err != nil {
		w.t.Fatal(err)
	}
	if !strings.Contains(string(config), from) {
		w.t.Fatalf("the configuration has no %s", from)
	}
	file, err := os.CreateTemp(w.dir, "*.hcl")
	if err != nil {
		w.t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(strings.ReplaceAll(string(config), from, to)); err != nil {
		w.t.Fatal(err)
	}
	return file.Name()
}

// result is what a command did.
type result struct {
	code        int
	out, errors string
}

// deskgate runs the command line tool as an agent against the world's gateway.
func (w *world) deskgate(agent string, args ...string) result {
	w.t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(filepath.Join(bin, "deskgate"), args...)
	cmd.Env = append(append(os.Environ(), environ()...), "DESKGATE_URL="+w.url, "DESKGATE_TOKEN="+tokens[agent])
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// TestCommandLine runs the commands that talk to a gateway, and those that start
// connectors. A cell of want is a pattern in the output.
func TestCommandLine(t *testing.T) {
	t.Parallel()
	w := start(t)
	nobody := &world{t: t, url: "http://" + freeAddress(t), dir: w.dir}
	config := filepath.Join(w.dir, "gateway.hcl")
	unsourced := w.rewrite(`{ source =`, `{ sauce =`)
	broken := w.rewrite(`connector      = "connectwise"`, `connector = "conectwise"`)
	missing := w.rewrite("deskgate-connector-connectwise", "deskgate-connector-nowhere")
	noProgram := w.rewrite(filepath.Join(bin, "connectors/deskgate-connector-connectwise"), filepath.Join(bin, "deskgate-demo"))
	cases := map[string]struct {
		w         *world
		agent     string
		args      string
		code      int
		out, errs string
	}{
		"connection list":           {w, "full", "connection list", 0, `(?m)^NAME +CONNECTOR +VERSION +STATE +REASON\ncw +connectwise +\S+ +ready *$`, `^$`},
		"connection check":          {w, "full", "connection check cw", 0, `(?s)^STEP +RESULT +FOUND\nreach +ok +.*\nlogin +ok +.*agent_resource +ok`, `^$`},
		"no right to list":          {w, "nobody", "connection list", 1, `^$`, `permission_denied: .*in no group \(request `},
		"no right to check":         {w, "readonly", "connection check cw", 1, `^$`, `permission_denied: .*connections.*\(request `},
		"unknown connection":        {w, "full", "connection check nowhere", 1, `^$`, `not_found: .*"nowhere"`},
		"unknown connection, JSON":  {w, "full", "connection check nowhere --output json", 1, `^$`, `not_found`},
		"no token":                  {w, "", "connection list", 2, `^$`, `DESKGATE_TOKEN`},
		"no name":                   {w, "full", "connection check", 2, `^$`, `accepts 1 arg`},
		"another output":            {w, "full", "connection list --output yaml", 2, `^$`, `allowed are table and json`},
		"no gateway":                {nobody, "full", "connection list", 4, `^$`, `cannot be reached`},
		"connector list":            {w, "", "connector list --config " + config, 0, `(?m)^NAME +VERSION +SERVICES +SOURCE\nconnectwise +\S+ .*TicketReader.*TicketWriter`, `^$`},
		"connector list, no file":   {w, "", "connector list --config " + config + ".not", 3, `^$`, `\.hcl\.not`},
		"connector list, broken":    {w, "", "connector list --config " + unsourced, 3, `^$`, `(?s)\.hcl:\d+.*connectwise`},
		"connector list, elsewhere": {w, "", "connector list --config " + broken, 0, `(?m)^connectwise +\S+ .*TicketReader`, `^$`},
		"connector list, missing":   {w, "", "connector list --config " + missing, 3, `connectwise`, `there is no file .*deskgate-connector-nowhere`},
		"connector list, no plugin": {w, "", "connector list --config " + noProgram, 3, `connectwise`, `connector "connectwise" (is not a connector|ended)`},
		"connector setup":           {w, "", "connector setup connectwise --config " + config, 0, `(?m)^## 1\. `, `^$`},
		"connector setup, no file":  {w, "", "connector setup connectwise --config " + config + ".not", 3, `^$`, `\.hcl\.not`},
		"connector setup, unknown":  {w, "", "connector setup nowhere --config " + config, 2, `^$`, `no connector is named "nowhere" in .*; there are: connectwise`},
		"validate":                  {w, "", "validate --config " + config, 0, `is valid: 1 connector, 1 connection, 2 groups, 3 agents`, `^$`},
		"validate, broken":          {w, "", "validate --config " + broken, 3, `^$`, `(?s)\.hcl:\d+.*connectwise`},
		"serve on a taken port":     {w, "", "serve --config " + config + " --state-dir " + filepath.Join(w.dir, "other") + " --listen " + strings.TrimPrefix(w.url, "http://"), 4, `^$`, regexp.QuoteMeta("cannot listen on " + strings.TrimPrefix(w.url, "http://"))},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.w.deskgate(c.agent, strings.Fields(c.args)...)
			if got.code != c.code {
				t.Errorf("exit code %d, want %d", got.code, c.code)
			}
			if !regexp.MustCompile(c.out).MatchString(got.out) {
				t.Errorf("it prints\n%s\nwant %s", got.out, c.out)
			}
			if !regexp.MustCompile(c.errs).MatchString(got.errors) {
				t.Errorf("it says\n%s\nwant %s", got.errors, c.errs)
			}
		})
	}
}

// TestCommandLineJSON prints the API's JSON and nothing else.
func TestCommandLineJSON(t *testing.T) {
	t.Parallel()
	w := start(t)
	decode := func(got result, code int) reply {
		t.Helper()
		r := reply{body: got.out}
		if got.code != code || json.Unmarshal([]byte(got.out), &r.json) != nil {
			t.Errorf("exit code %d, want %d, and it prints\n%s\n%s", got.code, code, got.out, got.errors)
		}
		return r
	}
	if r := decode(w.deskgate("full", "connection", "list", "--output", "json"), 0); r.text("connections", 0, "state") != "READY" {
		t.Errorf("the connections are %s", r.body)
	}
	r := decode(w.deskgate("", "connector", "list", "--output", "json", "--config", filepath.Join(w.dir, "gateway.hcl")), 0)
	if r.text("connectors", 0, "name") != "connectwise" || len(r.list("connectors", 0, "services")) == 0 {
		t.Errorf("the connectors are %s", r.body)
	}
	if r := decode(w.deskgate("full", "connection", "check", "cw", "--output", "json"), 0); r.at("passed") != true {
		t.Errorf("the check is %s", r.body)
	}

	// A check that finds a fault is an answer and a failure.
	w.put(fault{"fault": "expire_auth"})
	if r := decode(w.deskgate("full", "connection", "check", "cw", "--output", "json"), 1); r.at("passed") == true {
		t.Errorf("the check is %s", r.body)
	}
	got := w.deskgate("full", "connection", "check", "cw")
	if got.code != 1 || !regexp.MustCompile(`(?m)^login +failed +.*\n +-> .*keys`).MatchString(got.out) {
		t.Errorf("exit code %d, and it prints\n%s", got.code, got.out)
	}
}

// TestVersions compares what the programs of one build say that they are, each
// in every place where it says so.
func TestVersions(t *testing.T) {
	t.Parallel()
	w := start(t)
	say := func(name string, args ...string) string {
		out, err := exec.Command(filepath.Join(bin, name), args...).Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		line, _, _ := strings.Cut(string(out), "\n")
		return line
	}
	version, ok := strings.CutPrefix(say("deskgate", "--version"), "deskgate version ")
	if !ok || version == "" || version == "devel" {
		t.Fatalf("the gateway is %q", version)
	}
	list := w.deskgate("", "connector", "list", "--config", filepath.Join(w.dir, "gateway.hcl"))
	_, row, _ := strings.Cut(list.out, "\n")
	for what, c := range map[string]struct{ got, want string }{
		"a connector by hand":    {say("connectors/deskgate-connector-connectwise"), "connectwise " + version},
		"a simulator":            {say("deskgate-simulator-connectwise", "--version"), version},
		"a simulator's start":    {w.sim.stdout(), "version " + version + ","},
		"connector list":         {strings.Join(strings.Fields(row)[:2], " "), "connectwise " + version},
		"/v1/connections":        {w.do("full", "GET", "/v1/connections", nil).text("connections", 0, "connector_version"), version},
		"/v1/connections/{name}": {w.do("full", "GET", "/v1/connections/cw", nil).text("connection", "connector_version"), version},
	} {
		if !strings.Contains(c.got, c.want) {
			t.Errorf("%s: %q, want %q", what, c.got, c.want)
		}
	}
}
