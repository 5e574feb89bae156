package connectwise_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/conformance"
)

// The programs of this test, built once: the simulator too, which is several times
// as fast in a process of its own, without the race detector.
var connector, mutant, simulator string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "conformance-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	connector, mutant, simulator = filepath.Join(dir, "connector"), filepath.Join(dir, "mutant"), filepath.Join(dir, "simulator")
	for program, pkg := range map[string]string{
		connector: "./cmd/deskgate-connector-connectwise",
		simulator: "./cmd/deskgate-simulator-connectwise",
		mutant:    "github.com/deskgate/deskgate/pluginsdk/conformance/mutant",
	} {
		build := exec.Command("go", "build", "-o", program, pkg)
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			fmt.Fprintln(os.Stderr, pkg, err)
			return 1
		}
	}
	return m.Run()
}

// options are a run of the suite on simulators of its own.
func options(t *testing.T, program string) conformance.Options {
	t.Helper()
	variables := map[string]string{}
	for name, seed := range map[string]string{"CONNECTWISE_SIMULATOR": "1", "CONNECTWISE_OTHER_SIMULATOR": "2"} {
		variables[name] = simulate(t, seed)
	}
	return conformance.Options{Program: program, File: "conformance.hcl", Variables: variables}
}

// simulate starts a tenant and returns its origin.
func simulate(t *testing.T, seed string) string {
	t.Helper()
	cmd := exec.Command(simulator, "--listen", "127.0.0.1:0", "--limits", "off", "--seed", seed, "--exit-with-stdin")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close() // that is how it ends
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the simulator says %q: %v", line, err)
	}
	return origin.FindString(line)
}

var origin = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Test(t, options(t, connector))
}
