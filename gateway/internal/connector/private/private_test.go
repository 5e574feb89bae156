package private_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/deskgate/deskgate/gateway/internal/connector/private"
)

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o700); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func copyOf(t *testing.T, parent, source string) *private.Executable {
	t.Helper()
	e, err := private.Copy(parent, "psa", source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func TestCopyOutlivesTheOriginal(t *testing.T) {
	t.Parallel()
	parent, source := filepath.Join(t.TempDir(), "connectors"), filepath.Join(t.TempDir(), "psa-connector")
	write(t, source, "one")
	e := copyOf(t, parent, source)
	write(t, source, "two")
	if err := e.Verify(); err != nil || read(t, e.Path) != "one" {
		t.Errorf("the copy is %q, %v", read(t, e.Path), err)
	}
	info, err := os.Stat(e.Path)
	if err != nil || info.Mode().Perm() != 0o500 || filepath.Base(e.Path) != "psa-connector" {
		t.Errorf("%v, %v", info, err)
	}
	if folder, err := os.Stat(filepath.Dir(e.Path)); err != nil || folder.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", folder, err)
	}
	if e.SHA256[:12] != filepath.Base(filepath.Dir(e.Path))[len("psa-"):] {
		t.Errorf("%s is in %s", e.SHA256, e.Path)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(t *testing.T, path string){
		"altered": func(t *testing.T, path string) { // by its owner, who may
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			write(t, path, "evil")
		},
		"removed": func(t *testing.T, path string) {
			if err := os.RemoveAll(filepath.Dir(path)); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parent, source := t.TempDir(), filepath.Join(t.TempDir(), "c")
			write(t, source, "one")
			e := copyOf(t, parent, source)
			damage(t, e.Path)
			if err := e.Verify(); err != nil || read(t, e.Path) != "one" {
				t.Errorf("it was not made again: %v", err)
			}
			damage(t, e.Path)
			write(t, source, "two")
			if err := e.Verify(); err == nil || !strings.Contains(err.Error(), "restart the gateway") {
				t.Errorf("another program would be started: %v", err)
			}
			if left, _ := filepath.Glob(filepath.Join(parent, "*", ".new-*")); len(left) > 0 {
				t.Errorf("left behind %v", left)
			}
		})
	}
}

func TestOldCopiesAreRemovedUnlessInUse(t *testing.T) {
	t.Parallel()
	parent, source := t.TempDir(), filepath.Join(t.TempDir(), "c")
	write(t, source, "one")
	used := copyOf(t, parent, source)
	same := copyOf(t, parent, source)
	write(t, source, "two")
	old := copyOf(t, parent, source)
	old.Close()
	write(t, source, "three")
	now := copyOf(t, parent, source)

	if used.Path != same.Path || read(t, used.Path) != "one" || read(t, now.Path) != "three" {
		t.Error("a copy in use is gone")
	}
	if _, err := os.Stat(filepath.Dir(old.Path)); !os.IsNotExist(err) {
		t.Errorf("the old copy is still there: %v", err)
	}
	used.Close()
	write(t, source, "four")
	copyOf(t, parent, source)
	if read(t, same.Path) != "one" {
		t.Error("a copy in use by the other is gone")
	}
}

func TestFolders(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	mine, err := private.ClaimTemp(parent, "run-")
	if err != nil {
		t.Fatal(err)
	}
	gone, err := private.ClaimTemp(parent, "run-")
	if err != nil {
		t.Fatal(err)
	}
	gone.Release() // as a killed gateway does
	other, err := private.ClaimTemp(parent, "other-")
	if err != nil {
		t.Fatal(err)
	}
	other.Release()
	stranger := filepath.Join(parent, "run-stranger") // never locked: none of ours
	if err := os.Mkdir(stranger, 0o700); err != nil {
		t.Fatal(err)
	}
	private.Sweep(parent, "run-")
	for path, want := range map[string]bool{mine.Path: true, gone.Path: false, other.Path: true, stranger: true} {
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("%s: %v", path, err)
		}
	}
	mine.Remove()
	if _, err := os.Stat(mine.Path); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}

// Whoever claims a folder has it, however others sweep.
func TestClaimAgainstSweep(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	path := filepath.Join(parent, "f")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				f, err := private.Claim(path)
				if err != nil {
					t.Errorf("claim: %v", err)
					return
				}
				private.Sweep(parent, "")
				if _, err := os.Stat(path); err != nil {
					t.Errorf("a folder in use is gone: %v", err)
				}
				f.Remove()
			}
		})
	}
	wg.Wait()
}
