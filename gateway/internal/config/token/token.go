// Package token makes and reads agents' tokens, of the form dg_<id>_<secret>.
package token

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
)

// The bounds of the secret leave room for a longer one, and none for a guess.
var (
	form   = regexp.MustCompile(`^dg_([a-z0-9]{8,32})_([A-Za-z0-9]{32,128})$`)
	hashed = regexp.MustCompile(`^([a-z0-9]{8,32}):([0-9a-f]{64})$`)
)

// The errors quote nothing: what is not a token may still be a secret.
var (
	errForm   = errors.New("must have the form dg_<id>_<secret>: an id of 8 to 32 of a-z and 0-9, a secret of 32 to 128 letters and digits; `deskgate agent token NAME` makes one")
	errHashed = errors.New("must have the form <id>:<SHA-256 of the token in 64 lower-case hex digits>; `deskgate agent token NAME` prints it")
)

// New makes a token with 260 bits of chance in its secret.
func New() string {
	return "dg_" + strings.ToLower(rand.Text()[:12]) + "_" + rand.Text() + rand.Text()
}

// ID returns the part of a token that is not secret, and whether it is a token.
func ID(token string) (string, bool) {
	m := form.FindStringSubmatch(token)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// Sum returns a token's id and the hash of the whole token.
func Sum(token string) (id string, sum [sha256.Size]byte, err error) {
	id, ok := ID(token)
	if !ok {
		return "", sum, errForm
	}
	return id, sha256.Sum256([]byte(token)), nil
}

// Hash returns a token as token_sha256 in gateway.hcl takes it: <id>:<hex>.
func Hash(token string) (string, error) {
	id, sum, err := Sum(token)
	if err != nil {
		return "", err
	}
	return id + ":" + hex.EncodeToString(sum[:]), nil
}

// ParseHash reads what Hash wrote.
func ParseHash(text string) (id string, sum [sha256.Size]byte, err error) {
	m := hashed.FindStringSubmatch(text)
	if m == nil {
		return "", sum, errHashed
	}
	if _, err := hex.Decode(sum[:], []byte(m[2])); err != nil {
		return "", sum, errHashed
	}
	return m[1], sum, nil
}
