package private_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/deskgate/deskgate/gateway/internal/connector/private"
)

// folderOf makes a connector's folder of files by their paths; "-> x" is a link
// to x.
func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "mypsa")
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, link := strings.CutPrefix(content, "-> "); link {
			if err := os.Symlink(target, path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		mode := fs.FileMode(0o644)
		if strings.HasPrefix(content, "#!") {
			mode = 0o755
		}
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

var scripted = map[string]string{
	"deskgate-connector-psa":         "#!/usr/bin/env node\n",
	"package.json":                   "{}",
	"node_modules/tool/cli.mjs":      "#!/usr/bin/env node\n//",
	"node_modules/.bin/tool":         "-> ../tool/cli.mjs",
	"node_modules/@scope/lib/lib.js": "lib",
	"current":                        "-> node_modules/tool",
	"left-behind":                    "-> gone",
}

// contents are the files, links and folders below a path, with what they hold
// and who may do what.
func contents(t *testing.T, path string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(path, func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(path, at)
		info, infoErr := d.Info()
		switch {
		case errors.Join(err, infoErr) != nil:
			return errors.Join(err, infoErr)
		case info.IsDir():
			all[name] = info.Mode().Perm().String()
		case info.Mode()&fs.ModeSymlink != 0:
			all[name], err = os.Readlink(at)
		default:
			all[name] = info.Mode().Perm().String() + " " + read(t, at)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestCopyOfAFolder(t *testing.T) {
	t.Parallel()
	parent, source := t.TempDir(), folderOf(t, scripted)
	e := copyOf(t, parent, source)
	if e.Original != filepath.Join(source, "deskgate-connector-psa") || filepath.Base(e.Path) != "deskgate-connector-psa" {
		t.Errorf("the copy of %s runs %s", e.Original, e.Path)
	}
	want := map[string]string{
		".": "-rwx------", "node_modules": "-rwx------", "node_modules/.bin": "-rwx------", "node_modules/tool": "-rwx------",
		"node_modules/@scope": "-rwx------", "node_modules/@scope/lib": "-rwx------",
	}
	for name, content := range scripted {
		switch target, link := strings.CutPrefix(content, "-> "); {
		case link:
			want[name] = target
		case strings.HasPrefix(content, "#!"):
			want[name] = "-r-x------ " + content
		default:
			want[name] = "-r-------- " + content
		}
	}
	got := contents(t, filepath.Dir(e.Path))
	for name := range got {
		if got[name] != want[name] {
			t.Errorf("%s is %q, want %q", name, got[name], want[name])
		}
	}
	if len(got) != len(want) {
		t.Errorf("the copy has %d entries, want %d", len(got), len(want))
	}
	// The same folder is the same copy, wherever it is and however it came there.
	if same := copyOf(t, parent, folderOf(t, scripted)); same.Path != e.Path || same.SHA256 != e.SHA256 {
		t.Errorf("%s is not %s", same.Path, e.Path)
	}
	if err := os.RemoveAll(source); err != nil {
		t.Fatal(err)
	}
	if err := e.Verify(); err != nil {
		t.Errorf("without the original: %v", err)
	}
}

// TestEveryChangeOfAFolderIsSeen alters each thing that a folder is: the copy is
// made again while the original stands, and another original is another hash.
func TestEveryChangeOfAFolderIsSeen(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(folder string) error{
		"a file": func(f string) error { return rewrite(f, "package.json", "{ }", 0o644) },
		"a mode": func(f string) error { return os.Chmod(filepath.Join(f, "package.json"), 0o755) },
		"a name": func(f string) error {
			return os.Rename(filepath.Join(f, "package.json"), filepath.Join(f, "packages.json"))
		},
		"a link": func(f string) error {
			return errors.Join(os.Remove(filepath.Join(f, "current")), os.Symlink("node_modules", filepath.Join(f, "current")))
		},
		"a new file":     func(f string) error { return rewrite(f, "node_modules/x", "", 0o644) },
		"a new folder":   func(f string) error { return os.Mkdir(filepath.Join(f, "node_modules/x"), 0o700) },
		"a missing file": func(f string) error { return os.Remove(filepath.Join(f, "node_modules/tool/cli.mjs")) },
		"everything":     os.RemoveAll,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parent, source := t.TempDir(), folderOf(t, scripted)
			e := copyOf(t, parent, source)
			whole := contents(t, filepath.Dir(e.Path))
			if err := change(filepath.Dir(e.Path)); err != nil {
				t.Fatal(err)
			}
			if err := e.Verify(); err != nil {
				t.Fatalf("it was not made again: %v", err)
			}
			for at, want := range whole {
				if got := contents(t, filepath.Dir(e.Path)); got[at] != want || len(got) != len(whole) {
					t.Errorf("%s is %q, want %q, among %d of %d", at, got[at], want, len(got), len(whole))
				}
			}
			if left, _ := filepath.Glob(filepath.Join(parent, "*", ".new-*")); len(left) > 0 {
				t.Errorf("left behind %v", left)
			}
			if err := change(source); err != nil {
				t.Fatal(err)
			}
			if err := e.Verify(); err != nil {
				t.Errorf("the copy stands, whatever becomes of the original: %v", err)
			}
			if other, err := private.Copy(parent, "psa", source); err == nil && other.SHA256 == e.SHA256 {
				t.Error("the changed original has the same hash")
			}
			if err := change(filepath.Dir(e.Path)); err != nil {
				t.Fatal(err)
			}
			if err := e.Verify(); err == nil {
				t.Error("an altered copy of another original would be started")
			}
		})
	}
}

func rewrite(folder, name, content string, mode fs.FileMode) error {
	path := filepath.Join(folder, name)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(path, []byte(content), mode)
}

func TestAFolderWithTheStateDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	source := folderOf(t, scripted)
	_, err := private.Copy(filepath.Join(source, ".run", "connectors"), "psa", source)
	if err == nil || !strings.Contains(err.Error(), "holds the gateway's state directory") {
		t.Errorf("a copy would hold itself: %v", err)
	}
}

func TestFoldersThatAreRefused(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	write(t, filepath.Join(outside, "secret"), "s")
	with := func(name, content string) func(*testing.T) string {
		return func(t *testing.T) string {
			files := map[string]string{"deskgate-connector-psa": "#!/bin/sh\n", "a/b/c": "", "up": "-> a/b"}
			files[name] = content
			return folderOf(t, files)
		}
	}
	for name, test := range map[string]struct {
		source func(t *testing.T) string
		want   string
	}{
		"no program": {func(t *testing.T) string {
			return folderOf(t, map[string]string{"deskgate-connector-other": "#!/bin/sh\n"})
		}, "has no program deskgate-connector-psa in it"},
		"no executable":       {with("deskgate-connector-psa", "text"), "is not executable: chmod +x it"},
		"a folder as program": {func(t *testing.T) string { return folderOf(t, map[string]string{"deskgate-connector-psa/x": ""}) }, "is no regular file"},
		"absolute link":       {with("link", "-> "+outside+"/secret"), "link leads out of the connector's folder"},
		"link upwards":        {with("link", "-> ../../../../../../../../../etc/passwd"), "link leads out of the connector's folder"},
		"link over a link":    {with("link", "-> up/../../../x"), "link leads out of the connector's folder"},
		"program outside":     {with("deskgate-connector-psa", "-> /bin/sh"), "deskgate-connector-psa leads out of the connector's folder"},
		"pipe": {func(t *testing.T) string {
			folder := with("x", "")(t)
			if err := syscall.Mkfifo(filepath.Join(folder, "pipe"), 0o600); err != nil {
				t.Fatal(err)
			}
			return folder
		}, "pipe is neither a file nor a folder nor a link"},
		"too large": {func(t *testing.T) string {
			folder := with("x", "")(t)
			if err := os.Truncate(filepath.Join(folder, "x"), 512<<20+1); err != nil { // it takes no room
				t.Fatal(err)
			}
			return folder
		}, "holds more than 512 MiB, which no connector needs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parent := t.TempDir()
			e, err := private.Copy(parent, "psa", test.source(t))
			if err == nil {
				e.Close()
				t.Fatalf("it was copied to %s", e.Path)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %q, want %q in it", err, test.want)
			}
			if left, _ := os.ReadDir(parent); len(left) > 0 {
				t.Errorf("left behind %v", left)
			}
		})
	}
}
