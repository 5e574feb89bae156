package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	readmeBlock = regexp.MustCompile("(?s)```(sh|json)\n(.*?)```")
	hclSite     = "http://127.0.0.1:9102"
	readmeURL   = "http://127.0.0.1:8080"
)

// TestFirstFiveMinutes runs the README's commands as they stand there, on the
// example configuration, and compares what they print.
func TestFirstFiveMinutes(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join(filepath.Dir(bin), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	w, _ := exampleWorld(t)

	var script, want strings.Builder
	for _, block := range readmeBlock.FindAllStringSubmatch(string(readme), -1) {
		if block[1] == "sh" {
			script.WriteString(strings.NewReplacer(readmeURL, w.url, hclSite, w.simURL).Replace(block[2]))
		} else {
			want.WriteString(block[2])
		}
	}
	shell := exec.Command("bash", "-e", "-o", "pipefail", "-c", script.String())
	shell.Dir = w.dir
	got, err := shell.CombinedOutput()
	if err != nil || string(got) != want.String() {
		t.Errorf("the README's commands print (%v)\n%s\nand the README says\n%s", err, got, want.String())
	}
}

// exampleWorld runs the example configuration; the environment holds the tokens
// of its agents.
func exampleWorld(t *testing.T) (w *world, env map[string]string) {
	t.Helper()
	example, err := os.ReadFile(filepath.Join(filepath.Dir(bin), "gateway.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	w, env = &world{t: t, dir: t.TempDir()}, map[string]string{}
	w.sim, w.simURL = launch(t, regexp.MustCompile(`(http://127\.0\.0\.1:\d+)`), nil,
		"deskgate-simulator-connectwise", "--listen", "127.0.0.1:0", "--exit-with-stdin")
	if err := os.Symlink(bin, filepath.Join(w.dir, "bin")); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for i, name := range regexp.MustCompile(`DESKGATE_TOKEN_[A-Z_]+`).FindAllString(string(example), -1) {
		env[name] = fmt.Sprintf("dg_readme%02d_%s", i, strings.Repeat("Five0", 8))
		lines = append(lines, name+"="+env[name])
	}
	write(t, filepath.Join(w.dir, "gateway.hcl"), strings.ReplaceAll(string(example), hclSite, w.simURL))
	write(t, filepath.Join(w.dir, ".run", "demo.env"), strings.Join(lines, "\n")+"\n")
	w.gateway, w.url = launch(t, regexp.MustCompile(`^ready (http://\S+)`), lines,
		"deskgate", "serve", "--config", filepath.Join(w.dir, "gateway.hcl"), "--listen", "127.0.0.1:0", "--exit-with-stdin")
	return w, env
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
