package private

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ProgramPrefix and the connector's name are the name of the program in a
// connector's folder.
const ProgramPrefix = "deskgate-connector-"

// Executable is a private copy of a connector: of its program, or of a folder
// with the program and all that it needs. A process is only ever started from the
// copy, so that whoever replaces the original, in place or not, breaks neither a
// running connector nor its restart.
type Executable struct {
	// Path is the program in the copy, Original the one that it is a copy of.
	Path, Original string
	// SHA256 is the hash of the copy in hex: that of the program, or of all that is
	// in the folder.
	SHA256 string

	source string // what was copied
	copied string // what it was copied to
	sum    []byte
	folder *Folder
}

// Copy copies the connector of that name at source, a program or a folder, into
// `<parent>/<name>-<hash>/`, unless it is there already, and removes copies in
// parent that no gateway uses any more. Its errors are sentences for the admin.
func Copy(parent, name, source string) (*Executable, error) {
	program, err := find(name, source)
	if err != nil {
		return nil, err
	}
	if inside, err := filepath.Rel(source, parent); err == nil && filepath.IsLocal(inside) {
		return nil, fmt.Errorf("the folder %s holds the gateway's state directory, which does not belong to a connector: name the connector's own folder, or set another state directory", source)
	}
	sum, err := hash(source)
	if err != nil {
		return nil, err
	}
	text := hex.EncodeToString(sum)
	folder, err := Claim(filepath.Join(parent, name+"-"+text[:12]))
	if err != nil {
		return nil, fmt.Errorf("its private copy cannot be made: %w", err)
	}
	copied := filepath.Join(folder.Path, filepath.Base(source))
	e := &Executable{
		Path: filepath.Join(copied, program), Original: filepath.Join(source, program), SHA256: text,
		source: source, copied: copied, sum: sum, folder: folder,
	}
	if !e.intact() { // the one there may be running: it is only replaced when it has to be
		if err := e.make(); err != nil {
			e.Close()
			return nil, err
		}
	}
	Sweep(parent, "")
	return e, nil
}

// find looks whether source is a connector, and returns where in it the program
// is; "" is source itself.
func find(name, source string) (program string, err error) {
	info, err := os.Stat(source)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("there is no file or folder %s: build or install the connector, or correct the source", source)
	case err != nil:
		return "", fmt.Errorf("its source cannot be looked at: %w", err)
	case info.IsDir():
		program = ProgramPrefix + name
		inside, err := os.Stat(filepath.Join(source, program))
		if errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("the folder %s has no program %s in it: name the connector's own folder or its program, or correct the name of the block", source, program)
		}
		if err != nil {
			return "", fmt.Errorf("its program cannot be looked at: %w", err)
		}
		info = inside
	}
	path := filepath.Join(source, program)
	switch {
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%s is no regular file: the source names the connector's program, or the folder that it is in", path)
	case info.Mode().Perm()&0o111 == 0:
		return "", fmt.Errorf("%s is not executable: chmod +x it, or correct the source", path)
	}
	return program, nil
}

// Verify makes sure, before a start, that the copy is what it was. One that was
// damaged or removed is made again while the original still is the same.
func (e *Executable) Verify() error {
	if e.intact() {
		return nil
	}
	sum, err := hash(e.source)
	if err != nil {
		return fmt.Errorf("its private copy %s is gone or altered, and cannot be made again: %w", e.copied, err)
	}
	if !bytes.Equal(sum, e.sum) {
		return fmt.Errorf("its private copy %s is gone or altered, and %s is another program by now: restart the gateway to use that one", e.copied, e.source)
	}
	if err := os.MkdirAll(e.folder.Path, 0o700); err != nil {
		return err
	}
	return e.make()
}

// Close ends the use of the copy, which stays for the next start of the
// gateway; a later Copy removes it when it has become old.
func (e *Executable) Close() { e.folder.Release() }

func (e *Executable) intact() bool {
	sum, err := hash(e.copied)
	return err == nil && bytes.Equal(sum, e.sum)
}

// make makes the copy and puts it into its place.
func (e *Executable) make() error {
	temp, err := os.MkdirTemp(e.folder.Path, ".new-")
	if err != nil {
		return fmt.Errorf("its private copy cannot be made: %w", err)
	}
	defer os.RemoveAll(temp) //nolint:errcheck // what stays is removed with the folder
	made := filepath.Join(temp, "made")
	if err := duplicate(e.source, made); err != nil {
		return err
	}
	sum, err := hash(made)
	if err != nil {
		return err
	}
	if !bytes.Equal(sum, e.sum) {
		return fmt.Errorf("%s was changed while it was read: try again when it is complete", e.source)
	}
	if err := e.replace(made, filepath.Join(temp, "old")); err != nil {
		return fmt.Errorf("its private copy cannot be made: %w", err)
	}
	return nil
}

// replace puts what was made into its place, and what is there aside.
func (e *Executable) replace(made, aside string) error {
	err := os.Rename(made, e.copied) // which replaces a file by a file
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if e.intact() {
		return nil // another gateway was faster
	}
	if err := os.Rename(e.copied, aside); err != nil {
		return err
	}
	return os.Rename(made, e.copied)
}
