package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/deskgate/deskgate/docs/examples/mypsa/simulator"
	"github.com/deskgate/deskgate/pluginsdk/conformance"
	sdk "github.com/deskgate/deskgate/pluginsdk/simulator"
)

func TestConformance(t *testing.T) {
	program := filepath.Join(t.TempDir(), "mypsa")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	sim, err := sdk.Start(simulator.New(), sdk.Options{Seed: 1, Limits: sdk.LimitsOff})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	conformance.Test(t, conformance.Options{
		Program: program, File: "conformance.hcl", Variables: map[string]string{"MYPSA_SIMULATOR": sim.URL},
	})
}
