// Package scaffold writes a new connector: a module of its own, complete and
// passing the conformance suite, made from the example of the documentation.
package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/mod/modfile"

	"github.com/deskgate/deskgate/docs"
)

// Connector is what is written.
type Connector struct {
	// Name is the connector's name, and its module's and program's too.
	Name string
	// Dir is the folder to make.
	Dir string
	// SDK is a checkout of Deskgate, which the module takes the SDK from.
	SDK string
}

// names are the connector names that can be a module's too.
var names = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)

// The example's own names.
const (
	exampleName   = "mypsa"
	exampleTitle  = "My PSA"
	exampleModule = "github.com/deskgate/deskgate/docs/examples/mypsa"
	docsModule    = "github.com/deskgate/deskgate/docs"
)

// Write writes the connector. The folder is there whole or not at all; one that
// exists is left alone.
func (c Connector) Write() (err error) {
	if !names.MatchString(c.Name) {
		return fmt.Errorf("%q cannot be a connector's name: it begins with a letter and has small letters, digits and hyphens, 63 at most", c.Name)
	}
	if _, err := os.Lstat(c.Dir); err == nil {
		return fmt.Errorf("%s exists already; choose another folder with --dir, or take it away", c.Dir)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	mod, sum, err := c.module()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(c.Dir), 0o755); err != nil {
		return err
	}
	made, err := os.MkdirTemp(filepath.Dir(c.Dir), "."+c.Name+"-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(made)) }() // nothing is there after the rename
	if err := c.copy(made); err != nil {
		return err
	}
	for name, text := range map[string][]byte{"go.mod": mod, "go.sum": sum} {
		if err := os.WriteFile(filepath.Join(made, name), text, 0o644); err != nil {
			return err
		}
	}
	if err := os.Chmod(made, 0o755); err != nil { // what MkdirTemp makes is private
		return err
	}
	return os.Rename(made, c.Dir)
}

// copy writes the example's files under the connector's names.
func (c Connector) copy(to string) error {
	renamed := strings.NewReplacer(
		exampleModule, c.Name,
		exampleTitle, c.title(),
		exampleName, c.Name,
		strings.ToUpper(exampleName), strings.ToUpper(strings.ReplaceAll(c.Name, "-", "_")),
	)
	return fs.WalkDir(docs.Connector, docs.ConnectorRoot, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, filepath.FromSlash(strings.TrimPrefix(strings.TrimPrefix(name, docs.ConnectorRoot), "/")))
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		text, err := fs.ReadFile(docs.Connector, name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, []byte(renamed.Replace(string(text))), 0o644)
	})
}

// title is the name as people read it.
func (c Connector) title() string {
	words := strings.Split(c.Name, "-")
	for i, w := range words {
		r := []rune(w)
		if len(r) > 0 {
			r[0] = unicode.ToUpper(r[0])
		}
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

// module is the connector's go.mod and go.sum: those of the example, with the SDK
// where the checkout is.
func (c Connector) module() (mod, sum []byte, err error) {
	from := filepath.Join(c.SDK, "docs")
	text, err := os.ReadFile(filepath.Join(from, "go.mod"))
	if err != nil {
		return nil, nil, fmt.Errorf("%s is no checkout of Deskgate, which --sdk has to be: %w", c.SDK, err)
	}
	f, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		return nil, nil, err
	}
	if f.Module == nil || f.Module.Mod.Path != docsModule {
		return nil, nil, fmt.Errorf("%s is no checkout of Deskgate, which --sdk has to be: its docs/go.mod is of another module", c.SDK)
	}
	if sum, err = os.ReadFile(filepath.Join(from, "go.sum")); err != nil {
		return nil, nil, err
	}
	if err := f.AddModuleStmt(c.Name); err != nil {
		return nil, nil, err
	}
	for _, r := range f.Replace {
		to, err := filepath.Abs(filepath.Join(from, filepath.FromSlash(path.Clean(r.New.Path))))
		if err != nil {
			return nil, nil, err
		}
		if err := f.AddReplace(r.Old.Path, r.Old.Version, to, ""); err != nil {
			return nil, nil, err
		}
	}
	mod, err = f.Format()
	return mod, sum, err
}
