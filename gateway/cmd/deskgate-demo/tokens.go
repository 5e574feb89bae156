package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/deskgate/deskgate/gateway/internal/config/token"
)

// demoEnv is the environment of the demo's agents, in the order of gateway.hcl.
type demoEnv []struct{ name, value string }

var (
	tokenReference = regexp.MustCompile(`env\("(DESKGATE_TOKEN_[A-Z0-9_]+)"\)`)
	connectionName = regexp.MustCompile(`(?m)^connection "([^"]+)"`)
)

// demoTokens returns a token for each that config refers to: the ones kept in
// path, and new ones for the rest, which it adds there.
func demoTokens(config, path string) (demoEnv, error) {
	text, err := os.ReadFile(config)
	if err != nil {
		return nil, fmt.Errorf("%w: run this from the root of the repository", err)
	}
	kept := map[string]string{}
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for line := range strings.Lines(string(old)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			kept[name] = value
		}
	}
	var env demoEnv
	var file strings.Builder
	for _, match := range tokenReference.FindAllStringSubmatch(string(text), -1) {
		name := match[1]
		if kept[name] == "" {
			kept[name] = token.New()
		}
		env = append(env, struct{ name, value string }{name, kept[name]})
		fmt.Fprintf(&file, "%s=%s\n", name, kept[name])
	}
	if file.String() == string(old) {
		return env, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	// Written beside and moved, so that a kill between leaves no half file.
	if err := os.WriteFile(path+".new", []byte(file.String()), 0o600); err != nil {
		return nil, err
	}
	return env, os.Rename(path+".new", path)
}

func (e demoEnv) environ() []string {
	var env []string
	for _, v := range e {
		env = append(env, v.name+"="+v.value)
	}
	return env
}

// first returns the first agent's token, which in the example may do everything.
func (e demoEnv) first() string {
	if len(e) == 0 {
		return "<token>"
	}
	return e[0].value
}

func firstConnection(config string) string {
	text, err := os.ReadFile(config)
	if match := connectionName.FindSubmatch(text); err == nil && match != nil {
		return string(match[1])
	}
	return "<connection>"
}
