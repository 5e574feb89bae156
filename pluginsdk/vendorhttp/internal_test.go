package vendorhttp

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestParseRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"0": 0, "30": 30 * time.Second, " 30 ": 30 * time.Second, "007": 7 * time.Second,
		"Tue, 24 Nov 2026 12:01:30 GMT":   90 * time.Second,
		"Tue, 24 Nov 2026 11:00:00 GMT":   0,
		"Tuesday, 24-Nov-26 12:00:05 GMT": 5 * time.Second,
		"Fri, 31 Dec 9999 23:59:59 GMT":   maxRetryAfter,
		"99999999999999999999":            maxRetryAfter,
		"86401":                           maxRetryAfter,
	} {
		if got, ok := parseRetryAfter(text, now); !ok || got != want {
			t.Errorf("parseRetryAfter(%q) = %s, %t; want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{"", " ", "-1", "+1", "1.5", "30s", "soon", "2026-11-24T12:00:00Z"} {
		if got, ok := parseRetryAfter(text, now); ok || got != 0 {
			t.Errorf("parseRetryAfter(%q) = %s, %t; want nothing", text, got, ok)
		}
	}
}

func FuzzParseRetryAfter(f *testing.F) {
	for _, s := range []string{"", "0", "120", "-1", "99999999999999999999", "Tue, 24 Nov 2026 12:01:30 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		d, ok := parseRetryAfter(text, now)
		if d < 0 || d > maxRetryAfter || !ok && d != 0 {
			t.Errorf("parseRetryAfter(%q) = %s, %t", text, d, ok)
		}
	})
}

// The client's own transport speaks HTTP/1.1 also to a server that offers more,
// and over a real socket.
func TestTransportIsHTTP1(t *testing.T) {
	t.Parallel()
	var major int
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		major = r.ProtoMajor
		_, _ = w.Write([]byte("{}"))
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	transport := newTransport(1)
	transport.TLSClientConfig = &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	c, err := New(Options{Name: "acme", BaseURL: server.URL, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Do(context.Background(), Request{Path: "x"}); err != nil || major != 1 {
		t.Errorf("spoke HTTP/%d, error %v", major, err)
	}
}

// A vendor that asks for a day of silence is asked again sooner.
func TestPauseIsBounded(t *testing.T) {
	t.Parallel()
	var p pacer
	p.pause(24 * time.Hour)
	p.pause(time.Second) // a shorter one does not end a longer one
	if left := p.paused(); left <= maxPause-10*time.Second || left > maxPause {
		t.Errorf("paused for %s, want about %s", left, maxPause)
	}
}
