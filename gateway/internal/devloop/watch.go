package devloop

import (
	"context"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// watch tells which files of a folder were saved, once nothing has been for a
// moment. It ends with ctx.
func watch(ctx context.Context, dir string) (<-chan []string, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	if err := addFolders(w, dir); err != nil {
		return nil, err
	}
	saved := make(chan []string)
	go func() {
		defer close(saved)
		defer w.Close() //nolint:errcheck // nothing is left to be told
		var files []string
		var quiet <-chan time.Time
		for {
			select {
			case <-ctx.Done():
				return
			case _, ok := <-w.Errors: // events were lost: whatever it was, something was saved
				if !ok {
					return
				}
				quiet = time.After(settle)
			case e, ok := <-w.Events:
				if !ok {
					return
				}
				if !e.Has(fsnotify.Write | fsnotify.Create | fsnotify.Rename | fsnotify.Remove) {
					continue
				}
				name, err := filepath.Rel(dir, e.Name)
				if err != nil || passing(name) {
					continue
				}
				_ = addFolders(w, e.Name) // a new folder; a file is none
				if !slices.Contains(files, name) {
					files = append(files, name)
				}
				quiet = time.After(settle)
			case <-quiet:
				quiet = nil
				select {
				case saved <- files:
					files = nil
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return saved, nil
}

// addFolders watches a folder and those below that people write in.
func addFolders(w *fsnotify.Watcher, dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !entry.IsDir():
			return nil
		case path != dir && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules"):
			return filepath.SkipDir
		}
		return w.Add(path)
	})
}

// passing tells whether a file is an editor's own.
func passing(name string) bool {
	base := filepath.Base(name)
	return strings.HasPrefix(base, ".") || strings.HasPrefix(base, "#") || strings.HasSuffix(base, "~") || base == "4913"
}
