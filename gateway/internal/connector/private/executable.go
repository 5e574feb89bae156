package private

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Executable is a private copy of an executable. A process is only ever started
// from the copy, so that whoever replaces the original, in place or not, breaks
// neither a running connector nor its restart.
type Executable struct {
	// Path is the copy, SHA256 its hash in hex.
	Path, SHA256 string

	source string
	sum    []byte
	folder *Folder
}

// Copy copies the executable at source into `<parent>/<name>-<hash>/` and
// removes copies there that no gateway uses any more. Its errors are sentences
// for the admin.
func Copy(parent, name, source string) (*Executable, error) {
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return nil, fmt.Errorf("the folder %s for its private copy cannot be made: %w", parent, err)
	}
	temp, sum, err := duplicate(parent, source)
	if err != nil {
		return nil, err
	}
	defer os.Remove(temp) //nolint:errcheck // it is gone when all went well
	hash := hex.EncodeToString(sum)
	folder, err := Claim(filepath.Join(parent, name+"-"+hash[:12]))
	if err != nil {
		return nil, fmt.Errorf("its private copy cannot be made: %w", err)
	}
	e := &Executable{
		Path: filepath.Join(folder.Path, filepath.Base(source)), SHA256: hash,
		source: source, sum: sum, folder: folder,
	}
	if !e.intact() { // the one there may be running: it is only replaced when it has to be
		if err := os.Rename(temp, e.Path); err != nil {
			e.Close()
			return nil, fmt.Errorf("its private copy cannot be made: %w", err)
		}
	}
	Sweep(parent, "")
	return e, nil
}

// Verify makes sure, before a start, that the copy is what it was. One that was
// damaged or removed is made again while the original still is the same.
func (e *Executable) Verify() error {
	if e.intact() {
		return nil
	}
	temp, sum, err := duplicate(filepath.Dir(e.folder.Path), e.source)
	if err != nil {
		return fmt.Errorf("its private copy %s is gone or altered, and cannot be made again: %w", e.Path, err)
	}
	defer os.Remove(temp) //nolint:errcheck // it is gone when all went well
	if !bytes.Equal(sum, e.sum) {
		return fmt.Errorf("its private copy %s is gone or altered, and %s is another program by now: restart the gateway to use that one", e.Path, e.source)
	}
	if err := os.MkdirAll(e.folder.Path, 0o700); err != nil {
		return err
	}
	return os.Rename(temp, e.Path)
}

// Close ends the use of the copy, which stays for the next start of the
// gateway; a later Copy removes it when it has become old.
func (e *Executable) Close() { e.folder.Release() }

func (e *Executable) intact() bool {
	file, err := os.Open(e.Path)
	if err != nil {
		return false
	}
	defer file.Close() //nolint:errcheck // only read
	hash := sha256.New()
	_, err = io.Copy(hash, file)
	return err == nil && bytes.Equal(hash.Sum(nil), e.sum)
}

// duplicate copies source to a new executable file in dir.
func duplicate(dir, source string) (path string, sum []byte, err error) {
	from, info, err := open(source)
	if err != nil {
		return "", nil, err
	}
	defer from.Close() //nolint:errcheck // only read
	path, sum, err = write(dir, from)
	if err != nil {
		return "", nil, fmt.Errorf("%s cannot be copied to %s: %w", source, dir, err)
	}
	if after, err := from.Stat(); err != nil || after.Size() != info.Size() || !after.ModTime().Equal(info.ModTime()) {
		return "", nil, errors.Join(fmt.Errorf("%s was changed while it was read: try again when it is complete", source), os.Remove(path))
	}
	return path, sum, nil
}

func open(source string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(source)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, fmt.Errorf("there is no file %s: build or install the connector, or correct the source", source)
	case err != nil:
		return nil, nil, fmt.Errorf("its executable cannot be looked at: %w", err)
	case info.IsDir():
		return nil, nil, fmt.Errorf("%s is a folder: the source names the connector's executable itself", source)
	case !info.Mode().IsRegular():
		return nil, nil, fmt.Errorf("%s is no regular file: the source names the connector's executable", source)
	case info.Mode().Perm()&0o111 == 0:
		return nil, nil, fmt.Errorf("%s is not executable: chmod +x it, or correct the source", source)
	}
	file, err := os.Open(source)
	if err != nil {
		return nil, nil, fmt.Errorf("its executable cannot be read, which the gateway has to in order to copy it: %w", err)
	}
	return file, info, nil
}

func write(dir string, from io.Reader) (path string, sum []byte, err error) {
	// No process may be forked while the file is open for writing: it would hold
	// it open until its exec, and the start of the copy would fail with "text
	// file busy".
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	file, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return "", nil, err
	}
	hash := sha256.New()
	_, err = io.Copy(io.MultiWriter(file, hash), from)
	if err = errors.Join(err, file.Chmod(0o500), file.Close()); err != nil {
		return "", nil, errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), hash.Sum(nil), nil
}
