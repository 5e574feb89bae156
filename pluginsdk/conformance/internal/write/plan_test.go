package write

import (
	"encoding/json"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func planned(t *testing.T, method, path, body string) *psav1.VendorRequest {
	t.Helper()
	b := psav1.VendorRequest_builder{Method: &method, Path: &path}
	if body != "" {
		b.Body = &structpb.Value{}
		if err := json.Unmarshal([]byte(body), b.Body); err != nil {
			t.Fatal(err)
		}
	}
	return b.Build()
}

func TestPlanned(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method, path, body string
		sent               []simulated.Request
		says               string // "" for the same
	}{
		"below the root":         {"POST", "/tickets", `{"a":1}`, []simulated.Request{{Method: "POST", Path: "/v1/api/tickets", Body: `{"a":1}`}}, ""},
		"what an answer tells":   {"POST", "/tickets/${ticket.id}/notes", `{"id":"${ticket.id}"}`, []simulated.Request{{Method: "POST", Path: "/tickets/77/notes", Body: `{"id":77}`}}, ""},
		"a query in other order": {"DELETE", "/t/1?b=2&a=1", "", []simulated.Request{{Method: "DELETE", Path: "/x/t/1", Query: "a=1&b=2"}}, ""},
		"a minute later":         {"POST", "/t", `{"text":"at 12:59, done"}`, []simulated.Request{{Method: "POST", Path: "/t", Body: `{"text":"at 13:00, done"}`}}, ""},
		"an escaped path":        {"PUT", "/t/a%20b", "", []simulated.Request{{Method: "PUT", Path: "/t/a b"}}, ""},
		"a file":                 {"POST", "/files", `{"size":5}`, []simulated.Request{{Method: "POST", Path: "/files", Body: "--boundary"}}, ""},
		"another method":         {"PATCH", "/t/1", "", []simulated.Request{{Method: "PUT", Path: "/t/1"}}, "planned as PATCH"},
		"another path":           {"PATCH", "/t/1", "", []simulated.Request{{Method: "PATCH", Path: "/t/11"}}, "planned as PATCH /t/1,"},
		"another query":          {"PATCH", "/t/1?a=1", "", []simulated.Request{{Method: "PATCH", Path: "/t/1", Query: "a=2"}}, "sent as PATCH /t/1?a=2"},
		"not sent":               {"PATCH", "/t/1", "", nil, "and not sent"},
		"not planned":            {"PATCH", "/t/1", "", []simulated.Request{{Method: "PATCH", Path: "/t/1"}, {Method: "POST", Path: "/mail"}}, "POST /mail was sent, and not planned"},
		"another value":          {"POST", "/t", `[{"a":{"b":1}}]`, []simulated.Request{{Method: "POST", Path: "/t", Body: `[{"a":{"b":2}}]`}}, "[0].a.b is planned as 1"},
		"a member more":          {"POST", "/t", `{"a":1}`, []simulated.Request{{Method: "POST", Path: "/t", Body: `{"a":1,"mail":true}`}}, ".mail is sent, and not planned"},
		"a member less":          {"POST", "/t", `{"a":1,"b":2}`, []simulated.Request{{Method: "POST", Path: "/t", Body: `{"a":1}`}}, ".b is planned, and not sent"},
		"no body planned":        {"POST", "/t", "", []simulated.Request{{Method: "POST", Path: "/t", Body: `{"a":1}`}}, "the plan has none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(Planned([]*psav1.VendorRequest{planned(t, test.method, test.path, test.body)}, test.sent), "\n")
			if (test.says == "") != (got == "") || !strings.Contains(got, test.says) {
				t.Errorf("got %q, want %q", got, test.says)
			}
		})
	}
}
