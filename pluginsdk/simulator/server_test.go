package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// counter is a vendor with one number: GET /n shows it, POST /n raises it.
type counter struct {
	n     atomic.Int64
	setup Setup
}

func (c *counter) Describe() Description {
	return Description{Name: "Counter", Port: 1, SecretHeaders: []string{"X-Key"}}
}
func (c *counter) Reset(s Setup) error { c.setup = s; c.n.Store(int64(s.Seed)); return nil }
func (c *counter) ErrorAnswer(status int) (Answer, bool) {
	return Answer{Header: http.Header{"Content-Type": {"text/x-own"}}, Body: []byte("own words")}, status == 429
}
func (c *counter) CheckRight(right string) error {
	if right != "count" {
		return fmt.Errorf("right is %q; there is count", right)
	}
	return nil
}
func (c *counter) Act(as string, r *http.Request) (*http.Request, error) {
	if as != "dana" {
		return nil, errors.New("there is only dana")
	}
	r.Header.Set("X-Key", "dana")
	return r, nil
}
func (c *counter) Outbox() []Mail                { return nil }
func (c *counter) Collections() []string         { return []string{"numbers"} }
func (c *counter) State(name string) (any, bool) { return []int64{c.n.Load()}, name == "numbers" }

func (c *counter) StateOf(name, id string) (any, bool) {
	found := []string{}
	if id == "total" {
		found = append(found, "the total")
	}
	return found, name == "numbers"
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case AuthExpired(r.Context()):
		w.WriteHeader(http.StatusUnauthorized)
	case len(Revoked(r.Context())) > 0:
		w.WriteHeader(http.StatusForbidden)
	case r.Method == http.MethodPost:
		_, _ = io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, c.n.Add(1), " by ", r.Header.Get("X-Key"))
	default:
		w.Header().Set("Link", `<http://`+r.Host+`/n?page=2>; rel="next"`)
		fmt.Fprintf(w, "%020d", c.n.Load())
	}
}

func start(t *testing.T) *Running {
	t.Helper()
	return startVendor(t, &counter{})
}

func startVendor(t *testing.T, v Vendor) *Running {
	t.Helper()
	r, err := Start(v, Options{Seed: 7, Start: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// direct does not follow redirects and uses a connection of its own.
var direct = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func call(t *testing.T, method, url, body string) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("user", "secret-word")
	req.Header.Set("X-Key", "secret-key")
	resp, err := direct.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp, string(text), err
}

func mustCall(t *testing.T, method, url, body string, want int) string {
	t.Helper()
	resp, text, err := call(t, method, url, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	if resp.StatusCode != want {
		t.Fatalf("%s %s answered %d %s, want %d", method, url, resp.StatusCode, text, want)
	}
	return text
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, tt := range []struct{ path, body, says string }{
		{"/_sim/faults", `{"fault":"webhook_drop"}`, "not served by this simulator yet"},
		{"/_sim/faults", `{"fault":"explode"}`, "allowed are status, status_after"},
		{"/_sim/faults", `{"fault":"status"}`, "needs a status"},
		{"/_sim/faults", `{"fault":"revoke_right","right":"x"}`, "there is count"},
		{"/_sim/faults", `{"fault":"slow","delay":1}`, "unknown field"},
		{"/_sim/reset", `{"limits":"none"}`, "allowed are"},
		{"/_sim/reset", `{"speed":0}`, "above 0"},
		{"/_sim/clock", `{"advance":"soon"}`, "must be a duration"},
		{"/_sim/act", `{"as":"eve","method":"GET","path":"/n"}`, "only dana"},
		{"/_sim/act", `{"as":"dana"}`, "are needed"},
	} {
		if got := mustCall(t, "POST", s.URL+tt.path, tt.body, 400); !strings.Contains(got, tt.says) {
			t.Errorf("%s %s answered %s, want something about %q", tt.path, tt.body, got, tt.says)
		}
	}
	mustCall(t, "GET", s.URL+"/_sim/state/letters", "", 404)
	mustCall(t, "GET", s.URL+"/_sim/state/letters?id=total", "", 404)
}

func TestStateOfOneRecord(t *testing.T) {
	t.Parallel()
	s := start(t)
	for query, want := range map[string]string{"": "[7]\n", "?id=total": "[\"the total\"]\n", "?id=none": "[]\n"} {
		if got := mustCall(t, "GET", s.URL+"/_sim/state/numbers"+query, "", 200); got != want {
			t.Errorf("%s answered %s, want %s", query, got, want)
		}
	}
}

func TestRequestLogHidesCredentials(t *testing.T) {
	t.Parallel()
	s := start(t)
	mustCall(t, "POST", s.URL+"/_sim/faults", `{"fault":"drop_after","times":1}`, 201)
	_, _, _ = call(t, "POST", s.URL+"/n?a=b", "hello")
	mustCall(t, "POST", s.URL+"/_sim/act", `{"as":"dana","method":"POST","path":"/n"}`, 200)
	text := mustCall(t, "GET", s.URL+"/_sim/requests", "", 200)
	var log []Request
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		t.Fatal(err)
	}
	if len(log) != 1 {
		t.Fatalf("%d requests are logged, want the vendor request alone: %s", len(log), text)
	}
	got := log[0]
	if got.Method != "POST" || got.Path != "/n" || got.Query != "a=b" || got.Body != "hello" || got.Status != 0 || got.Fault != FaultDropAfter {
		t.Errorf("logged %+v", got)
	}
	if strings.Contains(text, "secret") || got.Header.Get("X-Key") != redacted || got.Header.Get("Authorization") != redacted {
		t.Errorf("credentials are in the log: %s", text)
	}
	mustCall(t, "DELETE", s.URL+"/_sim/requests", "", 204)
	if got := mustCall(t, "GET", s.URL+"/_sim/requests", "", 200); got != "[]\n" {
		t.Errorf("after deletion the log is %s", got)
	}
}

func TestResetAndClock(t *testing.T) {
	t.Parallel()
	s := start(t)
	mustCall(t, "POST", s.URL+"/n", "", 200)
	mustCall(t, "POST", s.URL+"/_sim/faults", `{"fault":"drop_before"}`, 201)
	mustCall(t, "POST", s.URL+"/_sim/clock", `{"advance":"48h"}`, 200)
	if now := s.Clock().Now(); now.Before(time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("after 48h the clock shows %v", now)
	}
	answer, _, err := call(t, "PUT", s.URL+"/_sim/clock", "") // no path of the vendor, and not dated by it
	if err != nil || strings.Contains(answer.Header.Get("Date"), "04 Mar 2026") {
		t.Errorf("an admin path is dated %s, %v", answer.Header.Get("Date"), err)
	}
	mustCall(t, "DELETE", s.URL+"/_sim/faults", "", 204)
	answer, _, err = call(t, "GET", s.URL+"/n", "")
	if err != nil || !strings.Contains(answer.Header.Get("Date"), "04 Mar 2026 09:") {
		t.Errorf("the vendor dates its answer %s, %v", answer.Header.Get("Date"), err)
	}
	mustCall(t, "POST", s.URL+"/_sim/reset", `{"seed":40,"limits":"off","speed":10}`, 200)
	if got := mustCall(t, "GET", s.URL+"/n", "", 200); got != "00000000000000000040" {
		t.Errorf("after the reset the number is %s", got)
	}
	if now := s.Clock().Now(); now.After(time.Date(2026, 3, 2, 9, 5, 0, 0, time.UTC)) {
		t.Errorf("the reset did not set the clock back: %v", now)
	}
	v := s.vendor.(*counter)
	if v.setup.Limits != LimitsOff || v.setup.Delay(time.Minute) != 6*time.Second {
		t.Errorf("setup is %+v", v.setup)
	}
	mustCall(t, "POST", s.URL+"/_sim/reset", "", 200)
	if got := mustCall(t, "GET", s.URL+"/n", "", 200); got != "00000000000000000007" {
		t.Errorf("a reset without a seed gives %s, want the one of the start", got)
	}
}

func TestRequestLogIsBounded(t *testing.T) {
	t.Parallel()
	var l requestLog
	for i := range loggedRequests + 3 {
		l.add(Request{Path: fmt.Sprint(i)})
	}
	list, lost := l.list()
	if len(list) != loggedRequests || lost != 3 || list[0].Path != "3" || list[len(list)-1].Path != fmt.Sprint(loggedRequests+2) {
		t.Errorf("%d requests, %d lost, from %s", len(list), lost, list[0].Path)
	}
}
