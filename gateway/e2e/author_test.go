package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestWriteAConnector runs the commands of the page for integrators as they stand
// there: from nothing to a connector that passes the conformance suite.
func TestWriteAConnector(t *testing.T) {
	t.Parallel()
	root := filepath.Dir(bin)
	page, err := os.ReadFile(filepath.Join(root, "docs", "write-a-connector.md"))
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	for _, block := range shellBlock.FindAllStringSubmatch(string(page), -1) {
		script.WriteString(block[1])
	}
	shell := exec.Command("bash", "-e", "-o", "pipefail", "-c", script.String())
	shell.Dir = t.TempDir()
	shell.Env = append(os.Environ(), "GOWORK=off", "DESKGATE="+root, "PATH="+bin+":"+os.Getenv("PATH"))
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // with the simulator that it leaves running
	var out strings.Builder
	shell.Stdout, shell.Stderr = &out, &out
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		state, err := shell.Process.Wait() // not shell.Wait, which waits for the simulator too
		if err == nil && !state.Success() {
			err = &exec.ExitError{ProcessState: state}
		}
		_ = syscall.Kill(-shell.Process.Pid, syscall.SIGKILL)
		ended <- err
	}()
	if err := <-ended; err != nil {
		t.Errorf("the page's commands end with %v", err)
	}
	_ = shell.Wait() // the output is read to its end
	for _, want := range []string{"mypsa is there", "ok  \tmypsa", "deskgate.psa.v1.TicketReader", "passed      paging/tickets.list", " 0 failed"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("they do not print %q", want)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
}
