package scaffold_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/gateway/internal/scaffold"
)

// checkout is the root of this repository.
const checkout = "../../.."

// TestWrite builds what is written, its tests too, without the workspace of this
// repository. That these pass is shown where the page for integrators is run.
func TestWrite(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "acme-desk")
	c := scaffold.Connector{Name: "acme-desk", Dir: dir, SDK: checkout}
	if err := c.Write(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"mod", "tidy", "-diff"}, {"vet", "./..."}, {"build", "./..."}} {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, name := range []string{"mypsa", "My PSA", "MYPSA"} {
			if strings.Contains(string(text), name) {
				t.Errorf("%s still speaks of %s", path, name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Write(); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("a folder that exists is answered with %v", err)
	}
}

func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		name, sdk, says string
	}{
		"a name in capitals":    {"Acme", checkout, "cannot be a connector's name"},
		"a name that is a path": {"../acme", checkout, "cannot be a connector's name"},
		"no checkout":           {"acme", ".", "no checkout of Deskgate"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			err := scaffold.Connector{Name: test.name, Dir: filepath.Join(dir, "made"), SDK: test.sdk}.Write()
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v", err)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v %v", left, err)
			}
		})
	}
}
