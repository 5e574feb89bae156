package simulator_test

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	sdk "github.com/deskgate/deskgate/pluginsdk/simulator"
)

// observed is an entry of errors-observed.json.
type observed struct {
	HTTP        int               `json:"http"`
	When        string            `json:"when"`
	Body        any               `json:"body"`
	ContentType string            `json:"contentType"`
	Headers     map[string]string `json:"headers"`
	Confidence  string            `json:"confidence"`
}

func forced(status string) func(*tenant) reply {
	return func(t *tenant) reply {
		t.admin("faults", `{"fault":"status","status":`+status+`}`)
		return t.call("GET", "/service/tickets", "")
	}
}

func calling(method, path, body string) func(*tenant) reply {
	return func(t *tenant) reply { return t.call(method, path, body) }
}

// provoked makes each observed case happen. The function returns the answer;
// replace tells which text of the answer stands for which of the observed.
var provoked = map[string]struct {
	do      func(*tenant) reply
	replace map[string]string
}{
	"POST/PUT contact without firstName": {do: calling("POST", "/company/contacts", `{"lastName":"Kaplan"}`)},
	"POST note with none of the three display flags": {
		do: calling("POST", "/service/tickets/10001/notes", `{"text":"Called back","issueFlag":true}`),
	},
	"ticket create/update with unknown company id": {
		do: calling("POST", "/service/tickets", `{"summary":"x","company":{"id":19299}}`),
	},
	"ticket update with a status that is not on the ticket's board": {
		do: func(t *tenant) reply {
			return t.call("PATCH", t.newTicket(""), `[{"op":"replace","path":"status","value":{"name":"Monitoring"}}]`)
		},
		replace: map[string]string{"Monitoring": "X", "Board 1": "Board N"},
	},
	"POST ticket configuration link without id and deviceIdentifier": {
		do: calling("POST", "/service/tickets/10001/configurations", `{}`),
	},
	"POST time entry without timeStart": {do: calling("POST", "/time/entries", `{"chargeToId":10001,"chargeToType":"ServiceTicket"}`)},
	"time entry timestamps with milliseconds": {
		do: calling("POST", "/time/entries", `{"timeStart":"2026-03-02T08:00:00.000Z"}`),
	},
	"time entry on a ticket whose status forbids time": {do: func(t *tenant) reply {
		path := t.newTicket(`,"status":{"name":">Closed"}`)
		return t.call("POST", "/time/entries", timeOn(path, ""))
	}},
	"POST schedule entry for a service ticket with the wrong type (e.g. sales activity)": {
		do: calling("POST", "/schedule/entries", `{"objectId":123456,"member":{"identifier":"mreyes"},"type":{"id":1},"dateStart":"2026-03-03T14:00:00Z"}`),
	},
	"merge with objects rather than integers in mergeTicketIds": {
		do: calling("POST", "/service/tickets/10001/merge", `{"mergeTicketIds":[{"id":10002}],"status":{"id":107}}`),
	},
	"JSON body sent to POST /system/documents": {do: func(t *tenant) reply {
		return t.with("Content-Type", "application/json").call("POST", "/system/documents", `{"recordType":"Ticket","recordId":10001}`)
	}},
	"unknown member in a POST/PUT body": {
		do: calling("POST", "/company/contacts", "{\r\n    \"firstName\": \"Rosa\",\r\n    \"type\": {\"id\": 1}\r\n}"),
	},
	"conditions names an unknown field":                          {do: calling("GET", "/service/tickets?conditions=ticket/id = 5", "")},
	"conditions names an array member (must be childConditions)": {do: calling("GET", "/company/contacts?conditions=typeIds = 5", "")},
	"conditions compares an enum with an unknown value":          {do: calling("GET", "/service/tickets?conditions=severity = \"Dire\"", "")},
	"unsupported version in Accept": {
		do: func(t *tenant) reply {
			return t.with("Accept", "application/vnd.connectwise.com+json; version=3.0.0").call("GET", "/x", "")
		},
		replace: map[string]string{"http://{host}": "https://host"},
	},
	"unknown codebase or company in the URL/credentials, or apis path doubled": {do: func(t *tenant) reply {
		wrong := *t
		wrong.codebase = "v1999_1/"
		return wrong.call("GET", "/service/tickets", "")
	}},
	"cloud UI host used in place of the api- host or plain http": {do: func(t *tenant) reply {
		return t.with("Host", "na.myconnectwise.net").call("GET", "/service/tickets", "")
	}},
	"bad credentials or missing clientId": {do: func(t *tenant) reply {
		return t.with("clientId", "").call("GET", "/service/tickets", "")
	}},
	"no credentials at all / expired member token": {do: func(t *tenant) reply {
		anonymous := *t
		anonymous.user = ""
		return anonymous.call("GET", "/service/tickets", "")
	}},
	"security role lacks the permission; also time entry charged to an API-only member": {do: func(t *tenant) reply {
		t.admin("faults", `{"fault":"revoke_right","right":"Service Tickets:add"}`)
		return t.call("POST", "/service/tickets", `{"summary":"x","company":{"id":250}}`)
	}},
	"POST callback with malformed url": {do: calling("POST", "/system/callbacks", callbackFor(`,"url":"gateway.example"`))},
	"POST callback with a level that does not belong to the type": {
		do: calling("POST", "/system/callbacks", callbackFor(`,"level":"Company"`)),
	},
	"POST callback identical to an existing one": {do: func(t *tenant) reply {
		t.want(201, "POST", "/system/callbacks", callbackFor(""))
		return t.call("POST", "/system/callbacks", callbackFor(""))
	}},
	"ticket id unknown":  {do: calling("GET", "/service/tickets/404", "")},
	"note id unknown":    {do: calling("GET", "/service/tickets/10001/notes/404", "")},
	"company id unknown": {do: calling("GET", "/company/companies/404", "")},
	"contact id unknown": {do: calling("GET", "/company/contacts/57919", "")},
	"path unknown":       {do: calling("GET", "/service/tickets/10001/moods", "")},
	"rate limit":         {do: forced("429")},
	"database timeout":   {do: forced("500")},
	"connection pool exhausted": {do: func(t *tenant) reply {
		// The words are the vendor's; a fault brings them with a body.
		t.admin("faults", `{"fault":"status","status":500,"body":{"code":"ConnectWiseApi","message":"Timeout expired.  The timeout period elapsed prior to obtaining a connection from the pool.  This may have occurred because all pooled connections were in use and max pool size was reached."}}`)
		return t.call("GET", "/service/tickets", "")
	}},
	"wrong JSON type for a member": {
		do:      calling("POST", "/service/tickets", `{"parentTicketId":"abc"}`),
		replace: map[string]string{`"abc"`: `"{...}"`, "'parentTicketId'": "'x'", "position 23": "position 1"},
	},
}

// TestObservedErrors provokes every recorded error of the endpoints that are
// served and compares status, body and headers, word for word.
func TestObservedErrors(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../testdata/vendor/errors-observed.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Errors []observed `json:"errors"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for _, want := range file.Errors {
		p, ok := provoked[want.When]
		if !ok {
			t.Errorf("no request provokes %q", want.When)
			continue
		}
		t.Run(want.When, func(t *testing.T) {
			t.Parallel()
			tn := start(t)
			got := p.do(tn)
			if got.status != want.HTTP {
				t.Errorf("status %d, want %d: %s", got.status, want.HTTP, got.text)
			}
			for name, value := range want.Headers {
				if got.header.Get(name) != value {
					t.Errorf("%s is %q, want %q", name, got.header.Get(name), value)
				}
			}
			if want.ContentType != "" {
				if got.text != want.Body || got.header.Get("Content-Type") != want.ContentType {
					t.Errorf("%s %q, want %s %q", got.header.Get("Content-Type"), got.text, want.ContentType, want.Body)
				}
				return
			}
			if want.Body == nil {
				if got.text != "" {
					t.Errorf("answered %q, want no body", got.text)
				}
				return
			}
			var body any
			if err := json.Unmarshal([]byte(got.text), &body); err != nil {
				t.Fatalf("%q: %v", got.text, err)
			}
			host := strings.TrimPrefix(tn.sim.URL, "http://")
			replaceMessages(body, func(s string) string {
				for from, to := range p.replace {
					s = strings.ReplaceAll(s, strings.ReplaceAll(from, "{host}", host), to)
				}
				return s
			})
			if !reflect.DeepEqual(body, want.Body) {
				t.Errorf("answered\n%s\nwant\n%v", got.text, want.Body)
			}
		})
	}
}

func replaceMessages(v any, replace func(string) string) {
	m, ok := v.(map[string]any)
	if !ok {
		return
	}
	for k, e := range m {
		switch e := e.(type) {
		case string:
			if k == "message" {
				m[k] = replace(e)
			}
		case []any:
			for _, inner := range e {
				replaceMessages(inner, replace)
			}
		}
	}
}

func TestErrorBodiesAreIndentedWithCRLF(t *testing.T) {
	t.Parallel()
	got := start(t).call("GET", "/service/tickets/404", "")
	want := "{\r\n  \"code\": \"NotFound\",\r\n  \"message\": \"Service Ticket 404 not found\"\r\n}"
	if got.text != want {
		t.Errorf("got %q, want %q", got.text, want)
	}
	if ct := got.header.Get("Content-Type"); ct != "application/vnd.connectwise.com+json; version=2025.16" {
		t.Errorf("content type %q", ct)
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	tn := start(t, sdk.Options{Seed: 1, Limits: sdk.LimitsVendor, Start: startTime})
	served := 0
	got := tn.call("GET", "/system/info", "")
	for ; got.status == 200; served++ {
		got = tn.call("GET", "/system/info", "")
	}
	if served < 1000 {
		t.Fatalf("the limit came after %d requests: %s", served, got.text)
	}
	wait, err := time.ParseDuration(got.header.Get("Retry-After") + "s")
	if got.status != 429 || err != nil || wait > time.Minute {
		t.Fatalf("answered %d %v %s", got.status, got.header, got.text)
	}
	if !strings.Contains(got.text, `"error": "ConnectWiseAPI"`) || strings.Contains(got.text, `"code"`) {
		t.Errorf("body %s", got.text)
	}
	tn.admin("clock", `{"advance":"`+wait.String()+`"}`)
	if got := tn.call("GET", "/system/info", ""); got.status != 200 {
		t.Errorf("after the wait: %d %s", got.status, got.text)
	}
}
