package simulated

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestRecord: a simulator may find records by their ids, or know no such thing.
func TestRecord(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_sim/state/keyed", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`[{"id":` + r.URL.Query().Get("id") + `,"found":"keyed"}]`))
	})
	mux.HandleFunc("GET /_sim/state/plain", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`[{"id":1},{"id":"7","found":"plain"},{"n":7,"of":2,"found":"composed"}]`))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s := &Simulator{base: server.URL + "/_sim/", client: server.Client()}
	composed := func(raw json.RawMessage) (string, error) {
		var r struct{ N, Of int }
		err := json.Unmarshal(raw, &r)
		if r.N == 7 && r.Of == 2 {
			return "2-7", err
		}
		return "", err
	}
	for _, test := range []struct {
		collection, id string
		idOf           func(json.RawMessage) (string, error)
		found          string
	}{{"keyed", "7", nil, "keyed"}, {"plain", "7", nil, "plain"}, {"plain", "2-7", composed, "composed"}, {"plain", "8", nil, ""}} {
		raw, err := s.Record(t.Context(), test.collection, test.id, test.idOf)
		var record struct{ Found string }
		if raw != nil && err == nil {
			err = json.Unmarshal(raw, &record)
		}
		if err != nil || record.Found != test.found {
			t.Errorf("%s %s: %s, %v", test.collection, test.id, raw, err)
		}
	}
}
