package vendorhttp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
	"github.com/google/go-cmp/cmp"
)

func TestDryRun(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(200, "{}"), nil, func(ctx context.Context, v *psa) {
		v.call.DryRun = true
		for _, req := range []vendorhttp.Request{get, query} {
			if _, err := v.client.Do(ctx, req); err != nil {
				t.Errorf("a read in a dry run: %v", err)
			}
		}
		writes := []vendorhttp.Request{
			post,
			{Name: "log", Method: "PUT", Path: "log", Query: url.Values{"api_key": {"k-123"}, "q": {"hunter2-secret"}, "a": {"b"}}, JSON: map[string]string{"pw": "hunter2-secret", "n": "ok"}},
			{Method: "DELETE", Path: "tickets/7"},
			{Method: "PATCH", Path: "http://127.0.0.1:9999/other/7"},
		}
		for _, req := range writes {
			if _, err := v.client.Do(ctx, req); !errors.Is(err, vendorhttp.ErrDryRun) {
				t.Errorf("%s in a dry run: error %v, want ErrDryRun", req.Method, err)
			}
		}
		v.wantHits(2) // and no request of a write
		var got []string
		for _, r := range append(v.call.Reads(), v.call.Planned()...) {
			got = append(got, fmt.Sprintf("%s|%s|%s|%s", r.Name, r.Method, r.Path, r.Body))
		}
		want := []string{
			`read ticket|GET|/tickets/7|`,
			`search|POST|/tickets/search|{"q":"x"}`,
			`create ticket|POST|/tickets|{"summary":"x"}`,
			`log|PUT|/log?a=b&api_key=REDACTED&q=REDACTED|{"n":"ok","pw":"REDACTED"}`,
			`|DELETE|/tickets/7|`,
			`|PATCH|http://127.0.0.1:9999/other/7|`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("recorded (-want +got):\n%s", diff)
		}
		if v.call.Writes() != 0 {
			t.Error("a dry run counts a write")
		}
	})
}

// A look at the PSA reads, and a connector that would write in it has a fault.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(200, "{}"), nil, func(ctx context.Context, v *psa) {
		v.call.ReadOnly = true
		for _, req := range []vendorhttp.Request{get, query} {
			if _, err := v.client.Do(ctx, req); err != nil {
				t.Errorf("a read in a look: %v", err)
			}
		}
		for _, req := range []vendorhttp.Request{post, {Method: "DELETE", Path: "tickets/7"}} {
			_, err := v.client.Do(ctx, req)
			if e := fault.From(err); err == nil || e.Code != fault.CodeInternal || e.Outcome != fault.NotSent {
				t.Errorf("%s in a look: %v", req.Method, err)
			}
		}
		v.wantHits(2)
	})
}

// What a dry run could not send at all is an error in it too.
func TestDryRunChecksTheRequest(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(200, "{}"), nil, func(ctx context.Context, v *psa) {
		v.call.DryRun = true
		_, err := v.client.Do(ctx, vendorhttp.Request{Method: "POST", Path: "https://evil.example/x"})
		wantFault(t, err, fault.CodeVendorError, fault.NotSent)
		if len(v.call.Planned()) != 0 {
			t.Error("it was planned nevertheless")
		}
	})
}

func TestOutsideOfADryRunNothingIsRecorded(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(200, "{}"), nil, func(ctx context.Context, v *psa) {
		_, _ = v.client.Do(ctx, get)
		_, _ = v.client.Do(ctx, post)
		if len(v.call.Planned())+len(v.call.Reads()) != 0 {
			t.Error("requests of a real call are kept")
		}
	})
}

// A vendor that echoes all it was sent must not bring a secret into an error or
// a log, whichever way it says it.
func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	const basic = "YWNtZStwdWI6cHJpdmF0ZQ=="
	echo := func(status int, form string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			reply(status, fmt.Sprintf(form, r.Header.Get("Authorization")+" hunter2-secret "+r.RequestURI+" "+r.Header.Get("X-Api-Key")))(w, r)
		}
	}
	for name, handler := range map[string]http.HandlerFunc{
		"error":    echo(400, `{"message":%q}`),
		"server":   echo(500, `{"message":%q}`),
		"login":    echo(401, `%s`),
		"limit":    echo(429, `%s`),
		"page":     echo(200, `<html><title>%s</title>`),
		"text":     echo(200, `%s`),
		"cut":      cut,
		"dropped":  drop,
		"redirect": func(w http.ResponseWriter, r *http.Request) { redirect(302, "https://evil.example"+r.RequestURI)(w, r) },
		"same":     func(w http.ResponseWriter, r *http.Request) { redirect(302, r.RequestURI)(w, r) },
	} {
		for _, decoder := range []func(int, http.Header, []byte) *fault.Error{nil, func(status int, _ http.Header, body []byte) *fault.Error {
			e := fault.Invalid(fault.Violation{Field: "x", Message: string(body)}).WithVendor(status, string(body), string(body))
			e.Confirmations = []fault.Confirmation{{Code: "c", Text: string(body)}}
			return e
		}} {
			withPSA(t, handler, func(o *vendorhttp.Options) { o.ErrorDecoder = decoder }, func(ctx context.Context, v *psa) {
				for _, req := range []vendorhttp.Request{get, post} {
					req.Query = url.Values{"password": {"swordfish"}, "q": {"hunter2-secret"}}
					req.Header = http.Header{"X-Api-Key": {"k-99887766"}}
					req.Name = "step hunter2-secret"
					_, err := v.client.Do(ctx, req)
					e, ok := errors.AsType[*fault.Error](err)
					if !ok {
						t.Fatalf("%s: error %v", name, err)
					}
					shown, _ := json.Marshal(e)
					for _, text := range []string{err.Error(), string(shown), v.logs.String()} {
						for _, secret := range []string{"hunter2", "swordfish", basic, "k-99887766"} {
							if strings.Contains(text, secret) {
								t.Errorf("%s: %q is shown in %s", name, secret, text)
							}
						}
					}
				}
			})
		}
	}
}

func TestLogLine(t *testing.T) {
	t.Parallel()
	withPSA(t, sequence(reply(200, `{"name":"Ivo"}`), reply(503, "{}"), reply(200, "{}")), nil, func(ctx context.Context, v *psa) {
		for range 2 {
			if _, err := v.client.Do(ctx, vendorhttp.Request{Name: "read ticket", Path: "tickets/7", Query: url.Values{"a": {"b"}}}); err != nil {
				t.Fatal(err)
			}
		}
		var lines []map[string]any
		for line := range strings.Lines(v.logs.String()) {
			var l map[string]any
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				t.Fatal(err)
			}
			delete(l, "@timestamp")
			lines = append(lines, l)
		}
		line := func(level, message string, status, bytes, try float64) map[string]any {
			return map[string]any{
				"@level": level, "@message": message, "request_id": "req-1", "connection": "acme-prod", "agent": "triage",
				"method": "GET", "path": baseURL + "tickets/7?a=b", "name": "read ticket", "ms": 0.0, "try": try, "status": status, "bytes": bytes,
			}
		}
		want := []map[string]any{
			line("debug", "vendor request", 200, 14, 1),
			line("warn", "vendor request failed", 503, 2, 1),
			line("debug", "vendor request", 200, 2, 2),
		}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
	})
}
