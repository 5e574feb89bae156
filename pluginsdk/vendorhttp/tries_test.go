package vendorhttp_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptrace"
	"testing"
	"testing/synctest"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

func TestTries(t *testing.T) {
	t.Parallel()
	ok := reply(200, `{"id":7}`)
	for _, tt := range []struct {
		name    string
		req     vendorhttp.Request
		handler http.HandlerFunc
		code    fault.Code // empty: success
		outcome fault.Outcome
		hits    int
	}{
		{"a read that the PSA fails", get, reply(500, "{}"), fault.CodeVendorError, fault.NotSent, 3},
		{"a read that comes through", get, sequence(reply(503, ""), drop, ok), "", "", 3},
		{"a read dropped each time", get, drop, fault.CodeVendorError, fault.NotSent, 3},
		{"a read cut each time", get, cut, fault.CodeVendorError, fault.NotSent, 3},
		{"a read cut once", get, sequence(cut, ok), "", "", 2},
		{"a read answered by half JSON", get, sequence(reply(200, `{"id":`), ok), "", "", 2},
		{"a read answered by a page", get, sequence(reply(200, "<html>hibernating"), ok), "", "", 2},
		{"a read that is refused", get, reply(400, "{}"), fault.CodeVendorError, "", 1},
		{"a read of what is not there", get, reply(404, "{}"), fault.CodeNotFound, "", 1},
		{"a query by POST", query, sequence(reply(504, ""), drop, ok), "", "", 3},
		{"a write that is refused", post, reply(400, "{}"), fault.CodeVendorError, "", 1},
		{"a write that conflicts", post, reply(409, "{}"), fault.CodeConflict, "", 1},
		{"a write that fails", post, reply(500, "{}"), fault.CodeOutcomeUnknown, fault.Unknown, 1},
		{"a write that a proxy gave up", post, reply(504, "<html>"), fault.CodeOutcomeUnknown, fault.Unknown, 1},
		{"a write that timed out over there", post, reply(408, ""), fault.CodeOutcomeUnknown, fault.Unknown, 1},
		{"a write dropped", post, drop, fault.CodeOutcomeUnknown, fault.Unknown, 1},
		{"a write cut", post, cut, fault.CodeOutcomeUnknown, fault.Unknown, 1},
		{"a write answered by half JSON", post, reply(201, `{"id":`), fault.CodeOutcomeUnknown, fault.Unknown, 1},
		{"a write answered by a page", post, reply(200, "<html>"), fault.CodeOutcomeUnknown, fault.Unknown, 1},
		{"a delete without a body dropped", vendorhttp.Request{Method: "DELETE", Path: "tickets/7"}, drop, fault.CodeOutcomeUnknown, fault.Unknown, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			withPSA(t, tt.handler, nil, func(ctx context.Context, v *psa) {
				resp, err := v.client.Do(ctx, tt.req)
				if tt.code == "" {
					if err != nil || resp.Status != 200 || string(resp.Body) != `{"id":7}` {
						t.Errorf("answer %+v, error %v", resp, err)
					}
				} else {
					wantFault(t, err, tt.code, tt.outcome)
				}
				v.wantHits(tt.hits)
				if n := v.call.VendorRequests(); n != int64(tt.hits) {
					t.Errorf("the call counted %d requests, the PSA saw %d", n, tt.hits)
				}
				if errors.Is(err, vendorhttp.ErrNotSent) {
					t.Error("what the PSA saw counts as not sent")
				}
				if maybe := tt.outcome == fault.Unknown; maybe != (v.call.Writes() == 1) {
					t.Errorf("the call counted %d writes that may have happened", v.call.Writes())
				}
			})
		})
	}
}

// On pooled connections net/http would repeat a read by itself, once for each.
func TestTriesOnPooledConnection(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		req  vendorhttp.Request
		code fault.Code
		hits int
	}{
		"read":         {get, fault.CodeVendorError, 3},
		"write":        {post, fault.CodeOutcomeUnknown, 1},
		"empty delete": {vendorhttp.Request{Method: "DELETE", Path: "tickets/7"}, fault.CodeOutcomeUnknown, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			withPSA(t, sequence(reply(200, "{}"), drop), nil, func(ctx context.Context, v *psa) {
				if _, err := v.client.Do(ctx, get); err != nil {
					t.Fatal(err)
				}
				synctest.Wait() // the connection is back in the pool
				_, err := v.client.Do(ctx, tt.req)
				if fault.CodeOf(err) != tt.code {
					t.Errorf("error %v, want %s", err, tt.code)
				}
				v.wantHits(1 + tt.hits)
				if n := v.call.VendorRequests(); n != int64(1+tt.hits) {
					t.Errorf("the call counted %d requests, the PSA saw %d", n, 1+tt.hits)
				}
			})
		})
	}
}

func TestWriteIsTriedAgainIfNothingWasSent(t *testing.T) {
	t.Parallel()
	refuse := errors.New("connection refused")
	withPSA(t, reply(201, `{"id":8}`), nil, func(ctx context.Context, v *psa) {
		v.dialErr = func(n int) error {
			if n < 3 {
				return refuse
			}
			return nil
		}
		if _, err := v.client.Do(ctx, post); err != nil {
			t.Errorf("the third dial was good: %v", err)
		}
		v.wantHits(1)
		if v.call.Writes() != 1 {
			t.Errorf("a write that succeeded is counted %d times", v.call.Writes())
		}
	})
	withPSA(t, reply(201, "{}"), nil, func(ctx context.Context, v *psa) {
		v.dialErr = func(int) error { return refuse }
		_, err := v.client.Do(ctx, post)
		wantFault(t, err, fault.CodeConnectionDown, fault.NotSent)
		if !errors.Is(err, vendorhttp.ErrNotSent) || !errors.Is(err, refuse) {
			t.Errorf("the chain of %v lacks ErrNotSent or the cause", err)
		}
		if v.dials != 3 || v.call.Writes() != 0 {
			t.Errorf("%d dials, %d writes; want 3, 0", v.dials, v.call.Writes())
		}
	})
}

func TestUntrustedCertificateIsFinal(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(200, "{}"), nil, func(ctx context.Context, v *psa) {
		v.dialErr = func(int) error {
			return &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
		}
		_, err := v.client.Do(ctx, get)
		wantFault(t, err, fault.CodeConnectionDown, fault.NotSent)
		if v.dials != 1 {
			t.Errorf("%d dials, want 1: a certificate does not change", v.dials)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A transport that says nothing about the wire proves nothing, and neither
// does one that had a connection and may have written a part of the request.
func TestWriteIsNotTriedAgainWithoutProof(t *testing.T) {
	t.Parallel()
	for name, report := range map[string]func(*httptrace.ClientTrace){
		"no trace":         func(*httptrace.ClientTrace) {},
		"had a connection": func(tr *httptrace.ClientTrace) { tr.GetConn("x"); tr.GotConn(httptrace.GotConnInfo{}) },
	} {
		synctest.Test(t, func(t *testing.T) {
			tries := 0
			c, err := vendorhttp.New(vendorhttp.Options{Name: "acme", BaseURL: baseURL, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				tries++
				report(httptrace.ContextClientTrace(r.Context()))
				return nil, errors.New("broken pipe")
			})})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Do(context.Background(), post)
			wantFault(t, err, fault.CodeOutcomeUnknown, fault.Unknown)
			if tries != 1 {
				t.Errorf("%s: the write was tried %d times", name, tries)
			}
		})
	}
}

func TestBackoffGrowsAndStaysWithinTheDeadline(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(503, ""), nil, func(ctx context.Context, v *psa) {
		_, _ = v.client.Do(ctx, get)
		h := v.seen()
		first, second := h[1].at-h[0].at, h[2].at-h[1].at
		if first < 100*time.Millisecond || first > 400*time.Millisecond || second < 350*time.Millisecond || second > 1200*time.Millisecond {
			t.Errorf("waited %s and %s", first, second)
		}
	})
	withPSA(t, reply(503, ""), nil, func(ctx context.Context, v *psa) {
		ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		_, err := v.client.Do(ctx, get)
		wantFault(t, err, fault.CodeVendorError, fault.NotSent)
		v.wantHits(1)
		if waited := time.Since(v.start); waited > 0 {
			t.Errorf("waited %s for a try that did not fit", waited)
		}
	})
}

func TestIdempotencyKeyIsRefusedOnWrites(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"idempotency-key", "X-Idempotency-Key"} {
		withPSA(t, reply(200, "{}"), nil, func(ctx context.Context, v *psa) {
			req := post
			req.Header = http.Header{name: {"k"}}
			_, err := v.client.Do(ctx, req)
			wantFault(t, err, fault.CodeInternal, fault.NotSent)
			v.wantHits(0)
		})
	}
}
