package vendorhttp_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

type ticket struct {
	ID int `json:"id"`
}

func TestGetJSON(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(200, `{"id":7}`), nil, func(ctx context.Context, v *psa) {
		got, resp, err := vendorhttp.GetJSON[ticket](ctx, v.client, "tickets/7", map[string][]string{"fields": {"id,a b"}})
		if err != nil || got.ID != 7 || resp.Status != 200 {
			t.Errorf("got %+v, %+v, %v", got, resp, err)
		}
		h := v.seen()[0]
		if h.uri != "/v1/apis/tickets/7?fields=id%2Ca+b" || h.method != "GET" || h.body != "" {
			t.Errorf("the PSA saw %s %s %q", h.method, h.uri, h.body)
		}
		if ua, auth := h.header.Get("User-Agent"), h.header.Get("Authorization"); ua != "deskgate-connector/acme" || auth != basicAuth {
			t.Errorf("User-Agent %q, Authorization %q", ua, auth)
		}
	})
}

func TestUnreadableAnswers(t *testing.T) {
	t.Parallel()
	const page = "<!DOCTYPE html><html><head>\n<title>Scheduled\n maintenance &amp; more</title></head><body><script>var key</script>"
	gzipped := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write([]byte(`"` + strings.Repeat("a", 2<<20) + `"`))
		_ = z.Close()
	}
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		hits    int // 1 if a further try cannot help
		says    string
		not     string
	}{
		"page":            {reply(200, page), 3, `"Scheduled maintenance & more"`, "script"},
		"page, no title":  {reply(200, " <p>Please <b>log in</b></p>"), 3, `"Please log in"`, "<"},
		"text":            {reply(200, "OK, thanks"), 3, `"OK, thanks"`, ""},
		"cut":             {cut, 3, "broke off after 40 bytes", "Payroll"},
		"half JSON":       {reply(200, `{"id":7,"summary":"Payroll`), 3, "not whole JSON", "Payroll"},
		"two documents":   {reply(200, `{"id":7}{"id":8}`), 3, "not whole JSON", ""},
		"empty":           {reply(200, " \r\n"), 3, "without a body", ""},
		"another shape":   {reply(200, `{"id":"seven"}`), 1, "id is a string, want a int", "seven"},
		"a list":          {reply(200, `[]`), 1, "it is a array", ""},
		"too long":        {reply(200, `"`+strings.Repeat("a", 1<<20)+`"`), 1, "larger than 1 MiB", "aaa"},
		"too long zipped": {gzipped, 1, "larger than 1 MiB", "aaa"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			withPSA(t, tt.handler, func(o *vendorhttp.Options) { o.MaxBody = 1 << 20 }, func(ctx context.Context, v *psa) {
				_, _, err := vendorhttp.GetJSON[ticket](ctx, v.client, "tickets/7", nil)
				e := wantFault(t, err, fault.CodeVendorError, fault.NotSent)
				if !strings.Contains(e.Message, tt.says) || tt.not != "" && strings.Contains(e.Message, tt.not) {
					t.Errorf("message %q: want %q in it and not %q", e.Message, tt.says, tt.not)
				}
				if e.Source != fault.SourcePSA || e.Vendor == nil || e.Vendor.Status != 200 {
					t.Errorf("source %s, vendor %+v", e.Source, e.Vendor)
				}
				v.wantHits(tt.hits)
			})
			// The same answer to a write leaves its outcome open.
			withPSA(t, tt.handler, func(o *vendorhttp.Options) { o.MaxBody = 1 << 20 }, func(ctx context.Context, v *psa) {
				req := post
				req.Into = new(ticket)
				_, err := v.client.Do(ctx, req)
				wantFault(t, err, fault.CodeOutcomeUnknown, fault.Unknown)
				v.wantHits(1)
			})
		})
	}
}

// An endless answer must not be read to its end.
func TestBodyLimitEndsTheReading(t *testing.T) {
	t.Parallel()
	var written atomic.Int64
	endless := func(w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 64<<10)
		for written.Load() < 16<<20 {
			n, err := w.Write(chunk)
			if err != nil {
				return
			}
			written.Add(int64(n))
		}
	}
	withPSA(t, endless, func(o *vendorhttp.Options) { o.MaxBody = 1 << 20 }, func(ctx context.Context, v *psa) {
		_, err := v.client.Do(ctx, get)
		wantFault(t, err, fault.CodeVendorError, fault.NotSent)
		if n := written.Load(); n > 2<<20 {
			t.Errorf("%d bytes were taken, want little more than 1 MiB", n)
		}
	})
}

func TestAcceptedAnswers(t *testing.T) {
	t.Parallel()
	notModified := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) }
	for name, tt := range map[string]struct {
		req     vendorhttp.Request
		handler http.HandlerFunc
		body    string
	}{
		"204":                   {vendorhttp.Request{Method: "DELETE", Path: "x"}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, ""},
		"204 where JSON may be": {vendorhttp.Request{Method: "PATCH", Path: "x", Into: new(ticket)}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, ""},
		"304":                   {get, notModified, ""},
		"null":                  {vendorhttp.Request{Path: "x", Into: new(*ticket)}, reply(200, "null"), ""},
		"page as attachment":    {vendorhttp.Request{Path: "x", Opaque: true}, reply(200, "<html>"), "<html>"},
		"exactly the limit":     {vendorhttp.Request{Path: "x"}, reply(200, `"`+strings.Repeat("a", 1022)+`"`), `"` + strings.Repeat("a", 1022) + `"`},
		"head":                  {vendorhttp.Request{Method: "HEAD", Path: "x", Into: new(ticket)}, reply(200, ""), ""},
	} {
		withPSA(t, tt.handler, func(o *vendorhttp.Options) { o.MaxBody = 1024 }, func(ctx context.Context, v *psa) {
			resp, err := v.client.Do(ctx, tt.req)
			if err != nil || string(resp.Body) != tt.body {
				t.Errorf("%s: answer %+v, error %v", name, resp, err)
			}
		})
	}
}

// TestAnswersAreCopies holds that what an answer was decoded into stays as it is when
// the next one is read into the same buffer.
func TestAnswersAreCopies(t *testing.T) {
	t.Parallel()
	type record struct {
		Name string          `json:"name"`
		Any  any             `json:"any"`
		Raw  json.RawMessage `json:"raw"`
	}
	handler := func(w http.ResponseWriter, r *http.Request) {
		text := strings.Repeat(path.Base(r.URL.Path), 40)
		fmt.Fprintf(w, `{"name": %q, "any": {%q: %q}, "raw": [%q]}`, text, text, text, text)
	}
	withPSA(t, handler, func(*vendorhttp.Options) {}, func(ctx context.Context, v *psa) {
		var all []record
		for n := range 10 {
			var r record
			if _, err := v.client.Do(ctx, vendorhttp.Request{Path: fmt.Sprint(n), Into: &r}); err != nil {
				t.Fatal(err)
			}
			all = append(all, r)
		}
		for n, r := range all {
			text := strings.Repeat(fmt.Sprint(n), 40)
			if diff := cmp.Diff(record{text, map[string]any{text: text}, json.RawMessage(`["` + text + `"]`)}, r); diff != "" {
				t.Errorf("answer %d is now: %s", n, diff)
			}
		}
	})
}

func TestRequestBody(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(200, "{}"), func(o *vendorhttp.Options) { o.Header = http.Header{"clientId": {"c1"}} }, func(ctx context.Context, v *psa) {
		for _, req := range []vendorhttp.Request{
			{Method: "POST", Path: "x", JSON: map[string]any{"text": "a <b> & c"}},
			{Method: "POST", Path: "x", Body: []byte("a=b"), Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}},
		} {
			if _, err := v.client.Do(ctx, req); err != nil {
				t.Fatal(err)
			}
		}
		h := v.seen()
		if h[0].body != `{"text":"a <b> & c"}` || h[0].header.Get("Content-Type") != "application/json" || h[0].header.Get("Clientid") != "c1" {
			t.Errorf("JSON went out as %+v", h[0])
		}
		if h[1].body != "a=b" || h[1].header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			t.Errorf("a form went out as %+v", h[1])
		}
		for _, req := range []vendorhttp.Request{
			{Method: "POST", Path: "x", JSON: 1, Body: []byte("1")},
			{Method: "POST", Path: "x", JSON: func() {}},
			{Method: "NOT A METHOD", Path: "x"},
		} {
			_, err := v.client.Do(ctx, req)
			wantFault(t, err, fault.CodeInternal, fault.Unknown) // two writes went before
		}
		v.wantHits(2)
	})
}

func TestDefaultTranslation(t *testing.T) {
	t.Parallel()
	for status, code := range map[int]fault.Code{
		400: fault.CodeVendorError, 401: fault.CodeConnectionDown, 403: fault.CodePermissionDenied, 404: fault.CodeNotFound,
		405: fault.CodeVendorError, 409: fault.CodeConflict, 410: fault.CodeNotFound, 415: fault.CodeVendorError, 422: fault.CodeVendorError,
	} {
		withPSA(t, reply(status, `{"message":"No, because."}`), nil, func(ctx context.Context, v *psa) {
			_, err := v.client.Do(ctx, get)
			e := wantFault(t, err, code, "")
			if e.Vendor.Status != status || !strings.Contains(e.Message, "No, because.") || e.Source != fault.SourcePSA {
				t.Errorf("%d: %+v, vendor %+v", status, e, e.Vendor)
			}
			if fault.IsLoginRefused(err) != (status == 401) {
				t.Errorf("%d: refused login %t", status, fault.IsLoginRefused(err))
			}
			v.wantHits(1) // a refused login above all: vendors lock accounts
		})
	}
}

func TestErrorDecoder(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status  int
		decoded *fault.Error
		req     vendorhttp.Request
		code    fault.Code
		outcome fault.Outcome
		hits    int
		login   bool
	}{
		"a verdict by 500 on a read":   {500, fault.InvalidArgument("status", "no such status"), get, fault.CodeInvalidArgument, "", 1, false},
		"a verdict by 500 on a write":  {500, fault.InvalidArgument("status", "no such status"), post, fault.CodeInvalidArgument, "", 1, false},
		"a failure on a read":          {500, fault.VendorError("The database timed out."), get, fault.CodeVendorError, fault.NotSent, 3, false},
		"a failure on a write":         {500, fault.VendorError("The database timed out."), post, fault.CodeOutcomeUnknown, fault.Unknown, 1, false},
		"a limit by 500":               {500, fault.RateLimited(0, "Thread threshold"), get, fault.CodeRateLimited, fault.NotSent, 3, false},
		"a refused login by 400":       {400, fault.LoginRefused("Cannot route"), get, fault.CodeConnectionDown, "", 1, true},
		"401 in the vendor's words":    {401, fault.VendorError("The clientId is missing"), get, fault.CodeConnectionDown, "", 1, true},
		"401 that is a lack of rights": {401, fault.PermissionDenied("no"), get, fault.CodePermissionDenied, "", 1, false},
		"a record that is missing":     {404, fault.NotFound("Ticket 9 not found"), get, fault.CodeNotFound, "", 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			decode := func(o *vendorhttp.Options) {
				o.ErrorDecoder = func(int, http.Header, []byte) *fault.Error { return tt.decoded }
			}
			withPSA(t, reply(tt.status, `{"message":"x"}`), decode, func(ctx context.Context, v *psa) {
				_, err := v.client.Do(ctx, tt.req)
				e := wantFault(t, err, tt.code, tt.outcome)
				v.wantHits(tt.hits)
				if fault.IsLoginRefused(err) != tt.login {
					t.Errorf("refused login: %t", !tt.login)
				}
				if !strings.Contains(e.Message+e.Vendor.Message, tt.decoded.Message) && tt.code != fault.CodeOutcomeUnknown {
					t.Errorf("message %q lost %q", e.Message, tt.decoded.Message)
				}
				if e.Vendor.Status != tt.status {
					t.Errorf("vendor %+v, want status %d", e.Vendor, tt.status)
				}
			})
		})
	}
}

func TestFaultOfDecoderIsNotChanged(t *testing.T) {
	t.Parallel()
	kept := func() *fault.Error {
		e := fault.NotFound("no hunter2-secret")
		e.Violations = []fault.Violation{{Field: "id", Message: "no hunter2-secret"}}
		e.Confirmations = []fault.Confirmation{{Code: "c", Text: "no hunter2-secret"}}
		e.Vendor = &fault.Vendor{Message: "no hunter2-secret"}
		return e
	}
	e := kept()
	withPSA(t, reply(404, "{}"), func(o *vendorhttp.Options) {
		o.ErrorDecoder = func(int, http.Header, []byte) *fault.Error { return e }
	}, func(ctx context.Context, v *psa) {
		_, _ = v.client.Do(ctx, get)
		if diff := cmp.Diff(kept(), e, cmpopts.IgnoreUnexported(fault.Error{})); diff != "" {
			t.Errorf("the client changed the decoder's fault (-before +after):\n%s", diff)
		}
	})
}
