package vendorhttp_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// The pipe network takes every address to the same server, so that a request
// that went elsewhere would be seen, with what it carried.

func TestForeignLinksAreRefused(t *testing.T) {
	t.Parallel()
	for link, names := range map[string]string{
		"https://evil.example/v1/apis/tickets?page=2":   "https://evil.example:443",
		"https://127.0.0.1:9999/v1/apis/tickets?page=2": "https://127.0.0.1:9999",
		"http://127.0.0.1/v1/apis/tickets":              "http://127.0.0.1:80",
		"http://127.0.0.1.evil.example:9999/tickets":    "evil.example",
		"http://127.0.0.1:9999@evil.example/tickets":    "evil.example",
		"http://root:toor@127.0.0.1:9999/tickets":       "127.0.0.1",
		"//evil.example/tickets":                        "evil.example",
		"HTTP://EVIL.example/x":                         "evil.example",
		"file:///etc/passwd":                            "file://",
		"javascript:alert(1)":                           "javascript:",
	} {
		withPSA(t, reply(200, "{}"), nil, func(ctx context.Context, v *psa) {
			_, err := v.client.Do(ctx, vendorhttp.Request{Path: link})
			e := wantFault(t, err, fault.CodeVendorError, fault.NotSent)
			if !strings.Contains(e.Message, names) || strings.Contains(e.Message, "toor") {
				t.Errorf("%s: message %q does not name %s", link, e.Message, names)
			}
			if !errors.Is(err, vendorhttp.ErrNotSent) || v.dials != 0 {
				t.Errorf("%s: %d dials", link, v.dials)
			}
		})
	}
}

func TestBoundLinksAreFollowed(t *testing.T) {
	t.Parallel()
	for link, uri := range map[string]string{
		"http://127.0.0.1:9999/v1/apis/tickets?page=2": "/v1/apis/tickets?page=2&pageSize=5",
		"HTTP://127.0.0.1:9999/other#part":             "/other?pageSize=5",
		"http://LocalHost:7777/token":                  "/token?pageSize=5",
		"tickets?page=2":                               "/v1/apis/tickets?page=2&pageSize=5",
		"/tickets/":                                    "/v1/apis/tickets/?pageSize=5",
		"tickets/a%2Fb%20c":                            "/v1/apis/tickets/a%2Fb%20c?pageSize=5",
		"":                                             "/v1/apis/?pageSize=5",
	} {
		withPSA(t, reply(200, "{}"), func(o *vendorhttp.Options) { o.Origins = []string{"http://localhost:7777"} }, func(ctx context.Context, v *psa) {
			_, err := v.client.Do(ctx, vendorhttp.Request{Path: link, Query: map[string][]string{"pageSize": {"5"}}})
			if err != nil {
				t.Errorf("%s: %v", link, err)
				return
			}
			if got := v.seen()[0].uri; got != uri {
				t.Errorf("%s went to %s, want %s", link, got, uri)
			}
		})
	}
}

func TestPathsThatBreakOutAreRefused(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"tickets/../system", "tickets//notes", "tickets/./7", "tickets/%2e%2e/x", "..", "tickets/%zz", "\x00"} {
		withPSA(t, reply(200, "{}"), nil, func(ctx context.Context, v *psa) {
			_, err := v.client.Do(ctx, vendorhttp.Request{Path: path})
			if !errors.Is(err, vendorhttp.ErrNotSent) || fault.CodeOf(err) != fault.CodeInvalidArgument {
				t.Errorf("%q: error %v, want invalid_argument", path, err)
			}
			v.wantHits(0)
		})
	}
}

func TestRedirectElsewhereIsRefused(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{"https://evil.example/tickets/7", "//evil.example/tickets/7", "https://x@evil.example/"} {
			withPSA(t, redirect(status, to), nil, func(ctx context.Context, v *psa) {
				_, err := v.client.Do(ctx, get)
				e := wantFault(t, err, fault.CodeVendorError, fault.NotSent)
				if !strings.Contains(e.Message, "://evil.example:") || e.Source != fault.SourcePSA || e.Reason != fault.ReasonNeedsAttention {
					t.Errorf("%d: message %q does not name the host", status, e.Message)
				}
				// A write is refused too; two of the statuses may also mean "done".
				_, err = v.client.Do(ctx, post)
				code, outcome := fault.CodeVendorError, fault.NotSent
				if status == 302 || status == 303 {
					code, outcome = fault.CodeOutcomeUnknown, fault.Unknown
				}
				if e := wantFault(t, err, code, outcome); !strings.Contains(e.Message, "://evil.example:") {
					t.Errorf("%d: message %q does not name the host", status, e.Message)
				}
				v.wantHits(2)
			})
		}
	}
}

func TestRedirectWithinTheOrigin(t *testing.T) {
	t.Parallel()
	withPSA(t, sequence(redirect(302, "/v2/apis/tickets/7"), reply(200, "{}")), nil, func(ctx context.Context, v *psa) {
		if _, err := v.client.Do(ctx, get); err != nil {
			t.Fatal(err)
		}
		v.wantHits(2)
		h := v.seen()[1]
		if h.uri != "/v2/apis/tickets/7" || h.header.Get("Authorization") != basicAuth {
			t.Errorf("the second request was %s with %v", h.uri, h.header)
		}
		if n := v.call.VendorRequests(); n != 2 {
			t.Errorf("counted %d requests, want 2", n)
		}
	})
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		req     vendorhttp.Request
		hits    int
	}{
		"for ever":    {redirect(302, "/v1/apis/tickets/7"), get, 4},
		"of a query":  {redirect(307, "/elsewhere"), query, 1},
		"of a write":  {redirect(308, "/elsewhere"), post, 1},
		"to nowhere":  {redirect(302, ""), get, 1},
		"to nonsense": {redirect(302, "http://[::1"), get, 1},
	} {
		withPSA(t, tt.handler, nil, func(ctx context.Context, v *psa) {
			if _, err := v.client.Do(ctx, tt.req); fault.CodeOf(err) != fault.CodeVendorError {
				t.Errorf("%s: error %v, want vendor_error", name, err)
			}
			v.wantHits(tt.hits)
		})
	}
}

func TestAuth(t *testing.T) {
	t.Parallel()
	var logins int
	withPSA(t, reply(503, ""), func(o *vendorhttp.Options) {
		o.Auth = func(r *http.Request) error { logins++; r.Header.Set("Authorization", "Bearer t"); return nil }
	}, func(ctx context.Context, v *psa) {
		_, _ = v.client.Do(ctx, get)
		if logins != 3 {
			t.Errorf("the hook ran %d times for three tries", logins)
		}
		_, _ = v.client.Do(ctx, vendorhttp.Request{Path: "info", NoAuth: true})
		if h := v.seen()[3]; logins != 3 || h.header.Get("Authorization") != "" {
			t.Errorf("NoAuth sent %v", h.header)
		}
	})
	for name, tt := range map[string]struct {
		auth func(*http.Request) error
		code fault.Code
	}{
		"a fault":        {func(*http.Request) error { return fault.LoginRefused("wrong key") }, fault.CodeConnectionDown},
		"another error":  {func(*http.Request) error { return errors.New("hunter2") }, fault.CodeInternal},
		"moves the host": {func(r *http.Request) error { r.URL.Host = "evil.example"; return nil }, fault.CodeInternal},
	} {
		withPSA(t, reply(200, "{}"), func(o *vendorhttp.Options) { o.Auth = tt.auth }, func(ctx context.Context, v *psa) {
			_, err := v.client.Do(ctx, post)
			e := wantFault(t, err, tt.code, fault.NotSent)
			if !errors.Is(err, vendorhttp.ErrNotSent) || strings.Contains(e.Error(), "hunter2") || fault.IsLoginRefused(err) != (name == "a fault") {
				t.Errorf("%s: %v", name, err)
			}
			v.wantHits(0)
		})
	}
}

// A connector may keep a fault, such as that of a login that is known to fail.
func TestFaultOfAuthIsNotChanged(t *testing.T) {
	t.Parallel()
	kept := fault.LoginRefused("wrong key")
	withPSA(t, reply(200, "{}"), func(o *vendorhttp.Options) { o.Auth = func(*http.Request) error { return kept } }, func(ctx context.Context, v *psa) {
		_, _ = v.client.Do(ctx, get)
		if kept.Outcome != "" || errors.Is(kept, vendorhttp.ErrNotSent) {
			t.Errorf("the client changed the hook's fault: %+v", kept)
		}
	})
}

// With one slot, a login that needs a request of its own must not wait for itself.
func TestAuthMayUseTheClient(t *testing.T) {
	t.Parallel()
	var v *psa
	withPSA(t, reply(200, `{"token":"t-12345"}`), func(o *vendorhttp.Options) {
		o.MaxConcurrent = 1
		o.Auth = func(r *http.Request) error {
			var token struct{ Token string }
			_, err := v.client.Do(r.Context(), vendorhttp.Request{Method: "POST", Path: "token", Safe: true, NoAuth: true, Into: &token})
			r.Header.Set("Authorization", "Bearer "+token.Token)
			return err
		}
	}, func(ctx context.Context, it *psa) {
		v = it
		v.call.DryRun = true
		if _, err := v.client.Do(ctx, get); err != nil {
			t.Fatal(err)
		}
		if h := v.seen(); len(h) != 2 || h[1].header.Get("Authorization") != "Bearer t-12345" {
			t.Errorf("the PSA saw %+v", h)
		}
	})
}
