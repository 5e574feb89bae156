package private

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// What a connector's folder may hold. A source that names a folder by mistake,
// such as a home, is refused before anybody waits for its copy.
const (
	maxEntries = 100_000
	maxBytes   = 512 << 20
)

// hash is the SHA-256 of a file, or of all that is in a folder: of what its
// entries are called, what they hold and which are executable.
func hash(path string) ([]byte, error) {
	all := sha256.New()
	if file, err := isFile(path); err != nil || file {
		if err == nil {
			err = read(path, all)
		}
		return all.Sum(nil), err
	}
	err := walk(path, func(root *os.Root, name string, info fs.FileInfo) error {
		switch {
		case info.IsDir():
			_, err := fmt.Fprintf(all, "folder %q\n", name)
			return err
		case info.Mode()&fs.ModeSymlink != 0:
			to, err := root.Readlink(name)
			_, _ = fmt.Fprintf(all, "link %q %q\n", name, to) // into memory
			return err
		}
		one := sha256.New()
		if err := read(filepath.Join(path, name), one); err != nil {
			return err
		}
		_, err := fmt.Fprintf(all, "file %q %t %x\n", name, executable(info), one.Sum(nil))
		return err
	})
	return all.Sum(nil), err
}

// duplicate copies a file or a folder to a new path. Nobody can write to the
// files of the copy, and only its owner can read them.
func duplicate(from, to string) error {
	file, err := isFile(from)
	if err != nil {
		return err
	}
	if file {
		return write(from, to, 0o500)
	}
	return walk(from, func(root *os.Root, name string, info fs.FileInfo) error {
		path := filepath.Join(to, name)
		switch {
		case info.IsDir():
			return os.Mkdir(path, 0o700)
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := root.Readlink(name)
			if err != nil {
				return err
			}
			return os.Symlink(target, path)
		case executable(info):
			return write(filepath.Join(from, name), path, 0o500)
		}
		return write(filepath.Join(from, name), path, 0o400)
	})
}

// walk visits all that is in a folder, the folder itself first, in the order of
// the names. Its errors are sentences for the admin.
func walk(path string, visit func(root *os.Root, name string, info fs.FileInfo) error) error {
	root, err := os.OpenRoot(path)
	if err != nil {
		return fmt.Errorf("its folder cannot be read: %w", err)
	}
	defer root.Close() //nolint:errcheck // only read
	entries, size := 0, int64(0)
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("its folder %s cannot be read: %w", path, err)
		}
		info, err := d.Info()
		if err != nil {
			return fmt.Errorf("%s was changed while it was read: try again when it is complete", path)
		}
		if info.Mode().IsRegular() {
			size += info.Size()
		}
		entries++
		switch {
		case entries > maxEntries:
			return fmt.Errorf("the folder %s holds more than %d files, which no connector needs: name the connector's own folder, without what it is built from", path, maxEntries)
		case size > maxBytes:
			return fmt.Errorf("the folder %s holds more than %d MiB, which no connector needs: name the connector's own folder, without what it is built from", path, maxBytes>>20)
		case info.Mode()&fs.ModeSymlink != 0:
			// The root refuses every way out of it, and a link to nothing leads nowhere.
			if _, err := root.Stat(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("the link %s leads out of the connector's folder: only what is in the folder is copied", filepath.Join(path, name))
			}
		case !info.IsDir() && !info.Mode().IsRegular():
			return fmt.Errorf("%s is neither a file nor a folder nor a link: a connector's folder holds nothing else", filepath.Join(path, name))
		}
		return visit(root, name, info)
	})
}

func isFile(path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	return !info.IsDir(), nil
}

func executable(info fs.FileInfo) bool { return info.Mode().Perm()&0o111 != 0 }

func read(path string, into io.Writer) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("it cannot be read, which the gateway has to in order to copy it: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read
	_, err = io.Copy(into, file)
	return err
}

func write(from, to string, mode fs.FileMode) error {
	// No process may be forked while the file is open for writing: it would hold
	// it open until its exec, and the start of the copy would fail with "text
	// file busy".
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	file, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return fmt.Errorf("its private copy cannot be made: %w", err)
	}
	if err := errors.Join(read(from, file), file.Close()); err != nil {
		return fmt.Errorf("%s cannot be copied: %w", from, err)
	}
	return nil
}
