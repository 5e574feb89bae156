package e2e

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// demo is a folder in which the launcher finds what it finds in the repository,
// on ports that are free.
type demo struct {
	t         *testing.T
	dir       string
	gateway   string // the addresses
	simulator string
}

func newDemo(t *testing.T) *demo {
	t.Helper()
	d := &demo{t: t, dir: t.TempDir(), gateway: freeAddress(t), simulator: freeAddress(t)}
	real, err := filepath.EvalSymlinks(d.dir) // as /proc shows it
	if err != nil {
		t.Fatal(err)
	}
	d.dir = real
	d.write("bin/deskgate-simulator-connectwise", "#!/bin/sh\nexec "+filepath.Join(bin, "deskgate-simulator-connectwise")+" --listen "+d.simulator+" \"$@\"\n")
	for _, name := range []string{"deskgate", "connectors/deskgate-connector-connectwise"} {
		link := filepath.Join(d.dir, "bin", name)
		err := os.MkdirAll(filepath.Dir(link), 0o700)
		if err == nil {
			err = os.Symlink(filepath.Join(bin, name), link)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	config, err := os.ReadFile(filepath.Join(bin, "../gateway.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(config), "127.0.0.1:9102") {
		t.Fatal("the example does not use the simulator's port")
	}
	d.write("gateway.hcl", strings.ReplaceAll(string(config), "127.0.0.1:9102", d.simulator))
	return d
}

func (d *demo) write(name, text string) {
	d.t.Helper()
	path := filepath.Join(d.dir, name)
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o700)
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// command is the launcher, not started yet.
func (d *demo) command() *exec.Cmd {
	cmd := exec.Command(filepath.Join(bin, "deskgate-demo"))
	cmd.Dir = d.dir
	cmd.Env = append(os.Environ(), "DESKGATE_LISTEN="+d.gateway)
	return cmd
}

// start runs the launcher until it says what to paste, which it returns.
func (d *demo) start() (*process, string) {
	d.t.Helper()
	return run(d.t, regexp.MustCompile(`^\s+(curl .+)`), d.command())
}

// paste runs a line as a person does.
func (d *demo) paste(line string) {
	d.t.Helper()
	out, err := exec.Command("sh", "-c", line).CombinedOutput()
	if err != nil || !strings.Contains(string(out), `{"tickets":[{"id":`) {
		d.t.Errorf("%s\nprints %.300s (%v)", line, out, err)
	}
}

// part is the process id of a part of the running demo.
func (d *demo) part(name string) int {
	d.t.Helper()
	for _, p := range within(d.dir) {
		if pid, comm, _ := strings.Cut(p, " "); comm == name {
			return atoi(d.t, pid)
		}
	}
	d.t.Fatalf("%s does not run, only %v", name, within(d.dir))
	return 0
}

// TestDemo runs the demo as `make run` does, pastes its line and ends it with
// Ctrl-C.
func TestDemo(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	var first string
	for range 2 {
		p, line := d.start()
		if !strings.Contains(p.stdout(), "ready http://"+d.gateway+"\n") {
			t.Errorf("it says\n%s", p.stdout())
		}
		d.paste(line)
		env := filepath.Join(d.dir, ".run/demo.env")
		info, err := os.Stat(env)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("demo.env: %v, %v", info, err)
		}
		text, _ := os.ReadFile(env)
		if first == "" {
			first = string(text)
		}
		if string(text) != first || !strings.Contains(first, "DESKGATE_TOKEN_DEMO_FULL=dg_") || strings.Count(first, "\n") != 5 {
			t.Errorf("the tokens are\n%s\nafter\n%s", text, first)
		}
		if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		if code := p.wait(t); code != 0 {
			t.Errorf("Ctrl-C ends it with %d: %s", code, p.stderr())
		}
		if left := within(d.dir); len(left) > 0 {
			t.Errorf("after its end run %v", left)
		}
	}
}

// TestDemoKilled kills each part of the demo: nothing is left, and it runs again
// at once.
func TestDemoKilled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ part, says string }{
		{"deskgate-demo", ""},
		{"deskgate", "deskgate-demo: deskgate ended by itself (signal: killed): what it last said is above"},
		{"deskgate-simula", "deskgate-demo: deskgate-simulator-connectwise ended by itself (signal: killed): "},
		{"deskgate-connec", ""},
	} {
		t.Run(c.part, func(t *testing.T) {
			t.Parallel()
			d := newDemo(t)
			p, line := d.start()
			kill9(t, d.part(c.part))
			if c.part == "deskgate-connec" { // the gateway mends that by itself
				until(t, "the connector runs again", func() bool {
					out, _ := exec.Command("sh", "-c", line).Output()
					return strings.Contains(string(out), `{"tickets":[{"id":`)
				})
				return
			}
			if code := p.wait(t); code == 0 {
				t.Errorf("the launcher ends with 0: %s", p.stderr())
			}
			gone(t, d.dir)
			if !strings.Contains(p.stderr(), c.says) {
				t.Errorf("it does not say %q: %s", c.says, p.stderr())
			}
			_, line = d.start()
			d.paste(line)
		})
	}
}

// TestDemoPortTaken has somebody else on one of the ports: exit code 4, which is
// the port, and nothing stays behind.
func TestDemoPortTaken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		address func(*demo) string
		advice  []string
	}{
		"the gateway's":   {func(d *demo) string { return d.gateway }, []string{"deskgate ended by itself (exit status 4)", "DESKGATE_LISTEN"}},
		"the simulator's": {func(d *demo) string { return d.simulator }, []string{"deskgate-simulator-connectwise ended by itself (exit status 4)", "--listen", "gateway.hcl"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDemo(t)
			l, err := net.Listen("tcp", c.address(d))
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			cmd := d.command()
			out, _ := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != 4 || !strings.Contains(string(out), "cannot listen on "+c.address(d)) {
				t.Errorf("exit code %d: %s", code, out)
			}
			for _, advice := range c.advice {
				if !strings.Contains(string(out), advice) {
					t.Errorf("it does not say %q: %s", advice, out)
				}
			}
			if left := within(d.dir); len(left) > 0 {
				t.Errorf("after its end run %v", left)
			}
		})
	}
}
