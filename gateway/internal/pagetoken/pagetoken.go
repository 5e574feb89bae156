// Package pagetoken seals a connector's cursor for a caller, bound to who may
// use it and for which query.
package pagetoken

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// Binding is what a token is good for. A token opens only under the binding
// that it was sealed with.
type Binding struct {
	Agent, Connection, Operation string
	// Query is the request without its page size and token, in a stable form.
	Query []byte
}

// Sealer seals and opens tokens with one key.
type Sealer struct{ key []byte }

// New returns a Sealer for a secret key.
func New(key []byte) *Sealer { return &Sealer{key: key} }

// ErrToken is the answer to every token that does not open: a caller learns
// nothing about why.
var ErrToken = errors.New("the page token is not one that this query was answered with; start again without it")

// version leads the sealed bytes, so that a later form can be told apart.
const version = 1

// Seal returns the token for a cursor.
func (s *Sealer) Seal(b Binding, cursor string) string {
	token := append([]byte{version}, s.mac(b, cursor)...)
	return base64.RawURLEncoding.EncodeToString(append(token, cursor...))
}

// Open returns the cursor in a token.
func (s *Sealer) Open(b Binding, token string) (string, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) < 1+sha256.Size || raw[0] != version {
		return "", ErrToken
	}
	mac, cursor := raw[1:1+sha256.Size], string(raw[1+sha256.Size:])
	if !hmac.Equal(mac, s.mac(b, cursor)) {
		return "", ErrToken
	}
	return cursor, nil
}

// mac covers every part with its length, so that no two bindings read alike.
func (s *Sealer) mac(b Binding, cursor string) []byte {
	h := hmac.New(sha256.New, s.key)
	var size [8]byte
	for _, part := range []string{b.Agent, b.Connection, b.Operation, string(b.Query), cursor} {
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write([]byte(part))
	}
	return h.Sum(nil)
}
