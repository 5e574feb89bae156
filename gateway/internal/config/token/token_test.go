package token_test

import (
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/gateway/internal/config/token"
)

func TestNew(t *testing.T) {
	t.Parallel()
	made := token.New()
	if made == token.New() {
		t.Error("two tokens are the same")
	}
	id, ok := token.ID(made)
	if !ok || !strings.HasPrefix(made, "dg_"+id+"_") {
		t.Errorf("%q has the id %q, %v", made, id, ok)
	}
	hashed, err := token.Hash(made)
	if err != nil {
		t.Fatal(err)
	}
	hashedID, sum, err := token.ParseHash(hashed)
	if err != nil || hashedID != id || sum != sha256.Sum256([]byte(made)) {
		t.Errorf("%q was read as %q, %x, %v", hashed, hashedID, sum, err)
	}
}

var secret = strings.Repeat("Aa0", 11)

func TestForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"dg_abcdefgh_" + secret:                        true,
		"dg_" + strings.Repeat("a", 32) + "_" + secret: true,
		"dg_abcdefg_" + secret:                         false,
		"dg_" + strings.Repeat("a", 33) + "_" + secret: false,
		"dg_ABCDEFGH_" + secret:                        false,
		"dg_abcdefgh_" + secret[:31]:                   false,
		"dg_abcdefgh_" + strings.Repeat("a", 129):      false,
		"dg_abcdefgh_" + secret + "-":                  false,
		"dg_abcdefgh_" + secret + "\n":                 false,
		"xx_abcdefgh_" + secret:                        false,
		"":                                             false,
	} {
		if _, ok := token.ID(text); ok != want {
			t.Errorf("%q: got %v", text, ok)
		}
		if _, err := token.Hash(text); (err == nil) != want {
			t.Errorf("%q: got %v", text, err)
		} else if err != nil && strings.Contains(err.Error(), secret[:31]) {
			t.Errorf("the error shows the secret: %v", err)
		}
	}
}

func TestParseHash(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"abcdefgh:" + strings.Repeat("0f", 32): true,
		"abcdefgh:" + strings.Repeat("0F", 32): false,
		"abcdefgh:" + strings.Repeat("0f", 31): false,
		strings.Repeat("0f", 32):               false,
		"dg_abcdefgh_" + secret:                false,
	} {
		if _, _, err := token.ParseHash(text); (err == nil) != want {
			t.Errorf("%q: got %v", text, err)
		}
	}
}
