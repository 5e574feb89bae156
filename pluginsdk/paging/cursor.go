// Package paging walks lists: cursors between two pages, pages that are filled
// although rows fall away, and lists that are merged.
package paging

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// maxToken bounds a token that is decoded.
const maxToken = 4096

// Encode writes where the next page begins. The gateway seals the token and
// binds it to the query, so that it only has to be small.
func Encode(cursor any) (string, error) {
	b, err := json.Marshal(cursor)
	if err != nil {
		return "", fault.Internal(err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// Decode reads a token that Encode wrote for the same kind of cursor. The empty
// token is the zero cursor; anything else that is none is INVALID_ARGUMENT.
func Decode[C any](token string) (C, error) {
	var cursor C
	if token == "" {
		return cursor, nil
	}
	if len(token) > maxToken {
		return cursor, badToken(errors.New("too long"))
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return cursor, badToken(err)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&cursor); err != nil {
		var none C
		return none, badToken(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		var none C
		return none, badToken(errors.New("trailing data"))
	}
	return cursor, nil
}

func badToken(err error) error {
	return fault.InvalidArgument("page_token", "this is not a page token of this list; take next_page_token from the page before, or none").WithCause(err)
}
