package simulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, fault string
		method      string
		check       func(t *testing.T, resp *http.Response, text string, err error)
		after       int64 // the number afterwards; it starts at 7
	}{
		{"status in the vendor's words", `{"fault":"status","status":429}`, "POST", func(t *testing.T, r *http.Response, text string, _ error) {
			if r.StatusCode != 429 || text != "own words" || r.Header.Get("Content-Type") != "text/x-own" {
				t.Errorf("%d %q", r.StatusCode, text)
			}
		}, 7},
		{"status with a body and headers", `{"fault":"status","status":500,"body":{"a":1},"headers":{"Retry-After":"3"}}`, "GET", func(t *testing.T, r *http.Response, text string, _ error) {
			if r.StatusCode != 500 || text != `{"a":1}` || r.Header.Get("Retry-After") != "3" {
				t.Errorf("%d %q %v", r.StatusCode, text, r.Header)
			}
		}, 7},
		{"html", `{"fault":"html"}`, "GET", func(t *testing.T, r *http.Response, text string, _ error) {
			if r.StatusCode != 200 || !strings.HasPrefix(text, "<!DOCTYPE html>") {
				t.Errorf("%d %q", r.StatusCode, text)
			}
		}, 7},
		{"status after", `{"fault":"status_after","status":500,"body":{"a":1}}`, "POST", wantStatus(500), 8},
		{"drop before", `{"fault":"drop_before"}`, "POST", wantDropped, 7},
		{"drop after", `{"fault":"drop_after"}`, "POST", wantDropped, 8},
		{"truncate", `{"fault":"truncate"}`, "GET", func(t *testing.T, r *http.Response, text string, err error) {
			if !errors.Is(err, io.ErrUnexpectedEOF) || len(text) != 10 {
				t.Errorf("got %q, %v; want half of 20 bytes", text, err)
			}
		}, 7},
		{"redirect elsewhere", `{"fault":"redirect_elsewhere"}`, "GET", func(t *testing.T, r *http.Response, _ string, _ error) {
			if r.StatusCode != 302 || r.Header.Get("Location") != "https://elsewhere.example/n?a=b" {
				t.Errorf("%d %v", r.StatusCode, r.Header)
			}
		}, 7},
		{"foreign next link", `{"fault":"foreign_next_link","origin":"http://evil.example"}`, "GET", func(t *testing.T, r *http.Response, _ string, _ error) {
			if got := r.Header.Get("Link"); got != `<http://evil.example/n?page=2>; rel="next"` {
				t.Error(got)
			}
		}, 7},
		{"slow", `{"fault":"slow","delay_ms":1}`, "POST", func(t *testing.T, r *http.Response, text string, _ error) {
			if text != "8 by secret-key" {
				t.Error(text)
			}
		}, 8},
		{"slow after", `{"fault":"slow_after","delay_ms":1}`, "POST", func(t *testing.T, r *http.Response, text string, _ error) {
			if text != "8 by secret-key" {
				t.Error(text)
			}
		}, 8},
		{"expired", `{"fault":"expire_auth"}`, "GET", wantStatus(401), 7},
		{"revoked", `{"fault":"revoke_right","right":"count"}`, "GET", wantStatus(403), 7},
		{"another method passes", `{"fault":"status","status":500,"match":{"method":"PUT"}}`, "GET", wantStatus(200), 7},
		{"another path passes", `{"fault":"status","status":500,"match":{"path":"/m*"}}`, "GET", wantStatus(200), 7},
		{"pattern matches", `{"fault":"status","status":503,"match":{"path":"*N"},"body":"gone"}`, "GET", wantStatus(503), 7},
		{"after lets the first pass", `{"fault":"status","status":500,"after":1}`, "GET", wantStatus(200), 7},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			mustCall(t, "POST", s.URL+"/_sim/faults", tt.fault, 201)
			resp, text, err := call(t, tt.method, s.URL+"/n?a=b", "body")
			tt.check(t, resp, text, err)
			want := fmt.Sprintf("[%d]\n", tt.after)
			if got := mustCall(t, "GET", s.URL+"/_sim/state/numbers", "", 200); got != want {
				t.Errorf("the number is %s, want %s", got, want)
			}
		})
	}
}

// TestGivenUp has a caller go away while a slow answer is awaited.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{"slow": "[7]\n", "slow_after": "[8]\n"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			mustCall(t, "POST", s.URL+"/_sim/faults", `{"fault":"`+kind+`","delay_ms":600000}`, 201)
			ctx, cancel := context.WithCancel(t.Context())
			req, err := http.NewRequestWithContext(ctx, "POST", s.URL+"/n", strings.NewReader("body"))
			if err != nil {
				t.Fatal(err)
			}
			gone := make(chan error, 1)
			go func() {
				_, err := direct.Do(req)
				gone <- err
			}()
			for !strings.Contains(mustCall(t, "GET", s.URL+"/_sim/faults", "", 200), `"hit":1`) {
				time.Sleep(time.Millisecond)
			}
			cancel()
			if err := <-gone; err == nil {
				t.Error("an answer came")
			}
			for !strings.Contains(mustCall(t, "GET", s.URL+"/_sim/requests", "", 200), `"path":"/n"`) {
				time.Sleep(time.Millisecond) // until the simulator has let go
			}
			if got := mustCall(t, "GET", s.URL+"/_sim/state/numbers", "", 200); got != want {
				t.Errorf("the number is %s, want %s", got, want)
			}
		})
	}
}

func wantDropped(t *testing.T, _ *http.Response, _ string, err error) {
	if err == nil {
		t.Error("an answer came; want a dropped connection")
	}
}

func wantStatus(status int) func(*testing.T, *http.Response, string, error) {
	return func(t *testing.T, r *http.Response, _ string, err error) {
		if err != nil || r.StatusCode != status {
			t.Errorf("got %v, %v; want %d", r, err, status)
		}
	}
}

func TestFaultTimesAndDelete(t *testing.T) {
	t.Parallel()
	s := start(t)
	mustCall(t, "POST", s.URL+"/_sim/faults", `{"fault":"status","status":500,"times":2}`, 201)
	for i, want := range []int{500, 500, 200} {
		if resp, _, err := call(t, "GET", s.URL+"/n", ""); err != nil || resp.StatusCode != want {
			t.Errorf("request %d: %v %v, want %d", i+1, resp, err, want)
		}
	}
	mustCall(t, "POST", s.URL+"/_sim/faults", `{"fault":"status","status":502}`, 201)
	mustCall(t, "GET", s.URL+"/n", "", 502)
	mustCall(t, "DELETE", s.URL+"/_sim/faults?id=2", "", 204)
	mustCall(t, "GET", s.URL+"/n", "", 200)
	mustCall(t, "DELETE", s.URL+"/_sim/faults?id=2", "", 404)
}

// clumsy is a counter with a mistake in it.
type clumsy struct{ counter }

func (c *clumsy) ErrorAnswer(status int) (Answer, bool) {
	return Answer{Body: []byte("own words of 500")}, status == 500
}

func (c *clumsy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/late" {
		fmt.Fprint(w, "begun")
	}
	panic("oh no")
}

// TestPanicsAreTheVendors500 is not parallel: it looks at the log of all.
func TestPanicsAreTheVendors500(t *testing.T) {
	var logged bytes.Buffer
	old := log.Writer()
	log.SetOutput(&logged)
	t.Cleanup(func() { log.SetOutput(old) })
	s := startVendor(t, &clumsy{})
	if got := mustCall(t, "GET", s.URL+"/n", "", 500); got != "own words of 500" {
		t.Errorf("answered %q", got)
	}
	if !strings.Contains(logged.String(), "GET /n panicked: oh no") || !strings.Contains(logged.String(), "ServeHTTP") {
		t.Errorf("logged %s", logged.String())
	}
	if got := mustCall(t, "POST", s.URL+"/_sim/act", `{"as":"dana","method":"GET","path":"/n"}`, 500); got != "own words of 500" {
		t.Errorf("a technician is answered %q", got)
	}
	if _, text, err := call(t, "GET", s.URL+"/late", ""); err == nil {
		t.Errorf("an answer that had begun ended well: %q", text)
	}
}
