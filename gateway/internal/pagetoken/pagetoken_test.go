package pagetoken_test

import (
	"testing"

	"github.com/deskgate/deskgate/gateway/internal/pagetoken"
)

var binding = pagetoken.Binding{Agent: "a", Connection: "c", Operation: "tickets.list", Query: []byte("q")}

func TestTokenOpensOnlyUnderItsBinding(t *testing.T) {
	t.Parallel()
	sealer := pagetoken.New([]byte("0123456789abcdef0123456789abcdef"))
	token := sealer.Seal(binding, "cursor")
	if got, err := sealer.Open(binding, token); err != nil || got != "cursor" {
		t.Fatalf("Open = %q, %v", got, err)
	}
	others := map[string]pagetoken.Binding{
		"another agent":      {Agent: "b", Connection: "c", Operation: "tickets.list", Query: []byte("q")},
		"another connection": {Agent: "a", Connection: "d", Operation: "tickets.list", Query: []byte("q")},
		"another operation":  {Agent: "a", Connection: "c", Operation: "notes.list", Query: []byte("q")},
		"another query":      {Agent: "a", Connection: "c", Operation: "tickets.list", Query: []byte("r")},
		"shifted parts":      {Agent: "ac", Connection: "", Operation: "tickets.list", Query: []byte("q")},
	}
	for name, b := range others {
		if _, err := sealer.Open(b, token); err == nil {
			t.Errorf("%s opens the token", name)
		}
	}
	if _, err := pagetoken.New([]byte("another key")).Open(binding, token); err == nil {
		t.Error("another key opens the token")
	}
	for i := range token {
		altered := []byte(token)
		altered[i] ^= 1
		if _, err := sealer.Open(binding, string(altered)); err == nil {
			t.Errorf("a token altered at %d opens", i)
		}
	}
}

func FuzzOpen(f *testing.F) {
	sealer := pagetoken.New([]byte("0123456789abcdef0123456789abcdef"))
	f.Add(sealer.Seal(binding, "cursor"))
	f.Add("")
	f.Add("AQ")
	f.Fuzz(func(t *testing.T, token string) {
		cursor, err := sealer.Open(binding, token)
		if err == nil && sealer.Seal(binding, cursor) != token {
			t.Errorf("%q opens and was never sealed", token)
		}
	})
}
