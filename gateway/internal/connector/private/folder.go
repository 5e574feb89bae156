// Package private keeps folders that belong to one running gateway: the copies
// of the connectors that it runs, and the sockets of its connectors. A folder
// is in use while a process holds its lock, so that what a killed gateway has
// left behind can be told apart and removed, and two gateways (or a validate
// beside a serve) do not take each other's.
package private

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const lockName = ".lock"

// Folder is a folder in use.
type Folder struct {
	Path string
	lock *os.File
}

// Claim makes the folder where it is missing, readable by its owner alone, and
// takes it into use. Several may use one folder.
func Claim(path string) (*Folder, error) {
	for {
		err := os.MkdirAll(path, 0o700)
		if err == nil {
			var f *Folder
			if f, err = lock(path, os.O_CREATE|os.O_RDWR, syscall.LOCK_SH); err == nil {
				return f, nil
			}
		}
		// It went away under our hands: a sweep was faster.
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
}

// ClaimTemp is Claim of a new folder whose name begins with prefix.
func ClaimTemp(parent, prefix string) (*Folder, error) {
	path, err := os.MkdirTemp(parent, prefix) // made with 0700
	if err != nil {
		return nil, err
	}
	return Claim(path)
}

// lock locks the folder. The error is fs.ErrNotExist when the folder went away
// in between.
func lock(path string, flags, how int) (*Folder, error) {
	file, err := os.OpenFile(filepath.Join(path, lockName), flags, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), how); err != nil {
		return nil, errors.Join(fmt.Errorf("%s cannot be locked: %w", file.Name(), err), file.Close())
	}
	locked, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if there, err := os.Stat(file.Name()); err != nil || !os.SameFile(locked, there) {
		return nil, errors.Join(fs.ErrNotExist, file.Close())
	}
	return &Folder{Path: path, lock: file}, nil
}

// Release ends the use. The folder stays.
func (f *Folder) Release() { _ = f.lock.Close() } // the lock goes with the file

// Remove ends the use and removes the folder, unless somebody else uses it.
func (f *Folder) Remove() {
	f.Release()
	sweep(f.Path)
}

// Sweep removes the folders in parent, of names that begin with prefix, that
// are ours and nobody's in use. What cannot be removed stays for the next time.
func Sweep(parent, prefix string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), prefix) && own(e) {
			sweep(filepath.Join(parent, e.Name()))
		}
	}
}

func sweep(path string) {
	f, err := lock(path, os.O_RDWR|syscall.O_NONBLOCK, syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil {
		return // in use, or not yet
	}
	defer f.Release()
	// The new name first: who claims the old one from now on makes it anew.
	old := path + ".old"
	if os.Rename(path, old) == nil {
		_ = os.RemoveAll(old)
	}
}

func own(e fs.DirEntry) bool {
	info, err := e.Info()
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid()
}
