package connectwise_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator"
	"github.com/deskgate/deskgate/pluginsdk/conformance"
	sdk "github.com/deskgate/deskgate/pluginsdk/simulator"
)

// The programs of this test, built once.
var connector, mutant string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "conformance-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	connector, mutant = filepath.Join(dir, "connector"), filepath.Join(dir, "mutant")
	for program, pkg := range map[string]string{
		connector: "./cmd/deskgate-connector-connectwise",
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
	for name, seed := range map[string]uint64{"CONNECTWISE_SIMULATOR": 1, "CONNECTWISE_OTHER_SIMULATOR": 2} {
		sim, err := sdk.Start(simulator.New(), sdk.Options{Seed: seed, Limits: sdk.LimitsOff})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = sim.Close() })
		variables[name] = sim.URL
	}
	return conformance.Options{Program: program, File: "conformance.hcl", Variables: variables}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Test(t, options(t, connector))
}
