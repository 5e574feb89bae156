package api_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

// TestSearchRows reads the same rows with their bytes and without.
func TestSearchRows(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`[ {"id": 7, "summary":  "Printer", "unknown": [1]}, null, {"id": 8} ]`))
	}))
	t.Cleanup(server.Close)
	client, err := api.New(api.Options{Site: server.URL, Company: "c", PublicKey: "p", PrivateKey: "k", ClientID: "i"})
	if err != nil {
		t.Fatal(err)
	}
	for raw, bytes := range map[bool]string{true: `{"id": 7, "summary":  "Printer", "unknown": [1]}`, false: ""} {
		rows, err := api.SearchRows[api.Ticket](t.Context(), client, "service/tickets", api.Query{}, raw)
		if err != nil || len(rows) != 2 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		if rows[0].Record.ID != 7 || rows[0].Record.Summary != "Printer" || rows[1].Record.ID != 8 || string(rows[0].Raw) != bytes {
			t.Errorf("with bytes %v: %+v", raw, rows[0])
		}
	}
}
