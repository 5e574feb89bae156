package file

import (
	"os"
	"path/filepath"
	"testing"
)

// A tenant that is not always there is left out by its attribute `when`.
func TestOtherConnectionThatIsNotThere(t *testing.T) {
	t.Parallel()
	for block, want := range map[string]bool{
		"":                                      false,
		`other_connection { site = "x" }`:       true,
		"other_connection {\n when = true\n}":   true,
		"other_connection {\n when = false\n}":  false,
		`other_connection { when = 1 == 2 }`:    false,
		"other_connection {\n when = null\n}\n": true,
	} {
		path := filepath.Join(t.TempDir(), "conformance.hcl")
		if err := os.WriteFile(path, []byte("connection {}\n"+block), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := Load(path)
		if err != nil {
			t.Errorf("%s: %v", block, err)
			continue
		}
		if got := f.Other != nil; got != want {
			t.Errorf("%s: there is another connection: %t", block, got)
		}
	}
}
