// Package state owns the state directory: what the gateway has to remember
// across restarts.
package state

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Dir is an opened state directory.
type Dir struct{ path string }

// Open makes the directory where it is missing, readable by its owner alone.
func Open(path string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("the state directory %s cannot be made: %w", path, err)
	}
	return &Dir{path: path}, nil
}

// Path returns the path of a file or folder in the directory.
func (d *Dir) Path(name string) string { return filepath.Join(d.path, name) }

// keyBytes is the length of a key for HMAC-SHA256: as long as its hash.
const keyBytes = 32

// Key returns the secret of that name, made at the first call. It is written
// whole or not at all, so a kill between leaves no half key, and two gateways
// that start at once agree on the one that was there first.
func (d *Dir) Key(name string) ([]byte, error) {
	path := d.Path(name)
	switch key, err := os.ReadFile(path); {
	case err == nil && len(key) == keyBytes:
		return key, nil
	case err == nil:
		return nil, fmt.Errorf("%s holds %d bytes where a key has %d: remove it, and a new one is made (open page tokens end)", path, len(key), keyBytes)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the key cannot be read: %w", err)
	}
	if err := create(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("the key cannot be made: %w", err)
	}
	return os.ReadFile(path)
}

// create writes a new key beside path and links it into place, which fails
// where somebody else was first.
func create(path string) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".key-*") // made with 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // a left-over is harmless
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key) // never fails
	if _, err := temp.Write(key); err != nil {
		return errors.Join(err, temp.Close())
	}
	if err := errors.Join(temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Link(temp.Name(), path)
}
