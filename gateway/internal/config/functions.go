package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// sensitive marks values that came from outside the file: they may be shown
// nowhere, and need no warning where they stand as a secret.
const sensitive = "sensitive"

// maxSecret bounds what file() reads: a key, a certificate chain, not a disk.
const maxSecret = 64 << 10

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// callError is why env() or file() has no value. Its texts are safe to show.
type callError struct{ summary, detail string }

func (e *callError) Error() string { return e.summary + ": " + e.detail }

// functions are what an expression in gateway.hcl can call; relative paths
// start at dir.
func functions(dir string, lookup func(string) (string, bool)) *hcl.EvalContext {
	return &hcl.EvalContext{Functions: map[string]function.Function{
		"env":  envFunction(lookup),
		"file": fileFunction(dir),
	}}
}

func envFunction(lookup func(string) (string, bool)) function.Function {
	return function.New(&function.Spec{
		Params:   []function.Parameter{{Name: "name", Type: cty.String, AllowMarked: true}},
		VarParam: &function.Parameter{Name: "default", Type: cty.String, AllowMarked: true},
		Type:     function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name, _ := args[0].Unmark()
			switch {
			case len(args) > 2:
				return cty.NilVal, &callError{"Too many arguments", `env takes a name and, if you like, a default: env("NAME", "default").`}
			case !variableName.MatchString(name.AsString()):
				// What is not a name may be the secret itself.
				return cty.NilVal, &callError{"Not the name of a variable", `env takes the name of an environment variable (letters, digits, underscores), not its value: env("NAME").`}
			}
			if value, ok := lookup(name.AsString()); ok && value != "" {
				if !utf8.ValidString(value) {
					return cty.NilVal, &callError{"Environment variable is not text", fmt.Sprintf("The environment variable %s is not valid UTF-8.", name.AsString())}
				}
				return cty.StringVal(value).Mark(sensitive), nil
			}
			if len(args) == 2 {
				return args[1], nil
			}
			return cty.NilVal, &callError{"Environment variable not set", fmt.Sprintf(
				"The environment variable %[1]s is not set or empty. Set it before the start, or give a default: env(%[1]q, \"default\").", name.AsString())}
		},
	})
}

func fileFunction(dir string) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String, AllowMarked: true}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			given, marks := args[0].Unmark()
			text, err := readSecret(within(dir, given.AsString()))
			if err != nil {
				named := "The file"
				if len(marks) == 0 {
					named = fmt.Sprintf("The file %q", given.AsString())
				}
				return cty.NilVal, &callError{"File cannot be read", fmt.Sprintf("%s %s. A relative path starts at the directory of this configuration.", named, err)}
			}
			return cty.StringVal(text).Mark(sensitive), nil
		},
	})
}

// readSecret reads a small text file without the newline at its end, which
// editors add and no secret has. The errors continue the sentence "The file".
func readSecret(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", errors.New("does not exist")
	case err != nil:
		return "", fmt.Errorf("cannot be found (%w)", bare(err))
	case !info.Mode().IsRegular(): // a pipe would block the start
		return "", errors.New("is not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("cannot be opened (%w)", bare(err))
	}
	defer f.Close() //nolint:errcheck // nothing was written
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("cannot be read (%w)", bare(err))
	case len(text) > maxSecret:
		return "", fmt.Errorf("is larger than %d KiB", maxSecret>>10)
	case !utf8.Valid(text):
		return "", errors.New("is not text in UTF-8")
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// bare is an error of the file system without the path, which the message
// around it names as the admin wrote it.
func bare(err error) error {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err
	}
	return err
}

// within resolves a path that is relative to the directory of the file.
func within(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
