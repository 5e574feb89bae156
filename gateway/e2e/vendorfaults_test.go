package e2e

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// elsewhere is a server that no request of ours may reach.
func elsewhere(t *testing.T) (url string, reached *atomic.Int32) {
	t.Helper()
	reached = new(atomic.Int32)
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(s.Close)
	return s.URL, reached
}

// briefly leaves little time to look for writes whose answers were lost.
const briefly = `
gateway {
  limits {
    outcome_deadline = "1s"
  }
}`

// TestVendorFaults reads and writes while the vendor misbehaves. Reads are tried
// three times where that may help; of what was sent to write, nothing twice.
func TestVendorFaults(t *testing.T) {
	t.Parallel()
	w := startWith(t, briefly)
	foreign, reached := elsewhere(t)
	const (
		read  = "GET"
		patch = "PATCH"
		note  = "POST"
	)
	cases := []struct {
		name   string
		fault  fault
		call   string
		status int
		code   string
		tries  int
		says   string
		// reason, outcome and vendor's status, where they are told.
		reason, outcome string
		vendor          float64
	}{
		{"html, read", fault{"fault": "html"}, read, 502, "vendor_error", 3, "Down for maintenance", "", "", 200},
		{"html, patch", fault{"fault": "html"}, patch, 409, "outcome_unknown", 1, "not known", "", "UNKNOWN", 200},
		{"html, post", fault{"fault": "html"}, note, 409, "outcome_unknown", 1, "not known", "", "UNKNOWN", 200},
		{"html with 503, read", fault{"fault": "html", "status": 503}, read, 502, "vendor_error", 3, "Down for maintenance", "", "", 503},
		{"truncated, read", fault{"fault": "truncate"}, read, 502, "vendor_error", 3, "broke off", "", "", 200},
		{"truncated, patch", fault{"fault": "truncate"}, patch, 200, "", 1, "", "", "", 0},
		{"truncated, post", fault{"fault": "truncate"}, note, 201, "", 1, "", "", "", 0},
		{"not whole JSON, read", fault{"fault": "status", "status": 200, "body": `{"id": 7, "summary`}, read, 502, "vendor_error", 3, "not whole JSON", "", "", 200},
		{"another shape, read", fault{"fault": "status", "status": 200, "body": map[string]any{"id": "seven"}}, read, 502, "vendor_error", 1, "another shape", "", "", 200},
		{"403, read", answering(403), read, 403, "permission_denied", 1, "ConnectWise does not allow this", "psa", "", 403},
		{"403, patch", answering(403), patch, 403, "permission_denied", 1, "ConnectWise does not allow this", "psa", "", 403},
		{"403, post", answering(403), note, 403, "permission_denied", 1, "ConnectWise does not allow this", "psa", "", 403},
		{"500, read", answering(500), read, 502, "vendor_error", 3, "", "", "", 500},
		{"500, patch", answering(500), patch, 409, "outcome_unknown", 1, "answered 500", "", "UNKNOWN", 500},
		{"500, post", answering(500), note, 409, "outcome_unknown", 1, "answered 500", "", "UNKNOWN", 500},
		{"redirect, read", fault{"fault": "redirect_elsewhere", "origin": foreign}, read, 502, "vendor_error", 1, "redirect", "", "", 302},
		{"redirect, patch", fault{"fault": "redirect_elsewhere", "origin": foreign, "status": 307}, patch, 502, "vendor_error", 1, "redirect", "", "", 307},
		{"redirect, post", fault{"fault": "redirect_elsewhere", "origin": foreign}, note, 409, "outcome_unknown", 1, "redirect", "", "UNKNOWN", 302},
		{"dropped before, read", fault{"fault": "drop_before"}, read, 502, "vendor_error", 3, "was lost", "", "", 0},
		{"dropped before, patch", fault{"fault": "drop_before"}, patch, 409, "outcome_unknown", 1, "was lost", "", "UNKNOWN", 0},
		{"dropped before, post", fault{"fault": "drop_before"}, note, 409, "outcome_unknown", 1, "was lost", "", "UNKNOWN", 0},
		{"dropped after, post", fault{"fault": "drop_after"}, note, 201, "", 1, "", "", "", 0},
	}
	ids := w.ids(len(cases))
	for n, c := range cases {
		id := ids[n]
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path, target, body := "/tickets/"+id, "service/tickets/"+id, any(nil)
			switch c.call {
			case patch:
				body = `{"title":"Changed"}`
			case note:
				path, target, body = path+"/internal-notes", target+"/notes", `{"body":"Noted."}`
			}
			w.put(c.fault.on(c.call, target))
			r := w.do("full", c.call, w.path(path), body).want(t, c.status)
			if got := len(w.asked(c.call, target)); got != c.tries {
				t.Errorf("the vendor was asked %d times, want %d", got, c.tries)
			}
			if c.code == "" { // it was done, and seen to be
				return
			}
			r.problem(t, c.status, c.code).says(t, c.says)
			if r.text("reason") != c.reason && c.reason != "" || r.text("outcome") != c.outcome && c.outcome != "" {
				t.Errorf("the reason is %q and the outcome %q: %s", r.text("reason"), r.text("outcome"), r.body)
			}
			if c.vendor != 0 && r.at("vendor", "status") != c.vendor {
				t.Errorf("the vendor's status is %v: %s", r.at("vendor", "status"), r.body)
			}
			if c.call != read && r.at("retryable") != false && r.text("outcome") == "UNKNOWN" {
				t.Errorf("a write that may have happened is called retryable: %s", r.body)
			}
			if r.text("connection") != "cw" || r.text("operation") == "" {
				t.Errorf("the problem does not say where: %s", r.body)
			}
		})
	}
	t.Cleanup(func() {
		if n := reached.Load(); n != 0 {
			t.Errorf("%d requests went to where a redirect pointed", n)
		}
	})
}

// TestRecovers reads through faults that end: the caller sees none of them.
func TestRecovers(t *testing.T) {
	t.Parallel()
	w := start(t)
	cases := map[string]fault{
		"500":       answering(500).times(2),
		"html":      fault{"fault": "html"}.times(2),
		"truncated": fault{"fault": "truncate"}.times(1),
		"dropped":   fault{"fault": "drop_before"}.times(1),
	}
	ids := w.ids(len(cases))
	for name, f := range cases {
		id := ids[0]
		ids = ids[1:]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w.put(f.on("GET", "service/tickets/"+id))
			w.get("/tickets/"+id).want(t, 200)
		})
	}
}

// TestForeignNextLink has every list of the vendor point elsewhere for its next
// page: nobody goes there, and nothing is lost silently.
func TestForeignNextLink(t *testing.T) {
	t.Parallel()
	w := start(t)
	foreign, reached := elsewhere(t)
	w.put(fault{"fault": "foreign_next_link", "origin": foreign}.on("", "*"))
	for _, path := range []string{"/tickets?page_size=100", "/companies?page_size=10", "/contacts?page_size=200", "/technicians", "/statuses", "/types", "/custom-fields"} {
		r := w.get(path)
		if r.status != 200 {
			r.problem(t, 502, "vendor_error").says(t, "elsewhere")
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("%d requests followed a foreign link", n)
	}
}

// TestRateLimited meets the vendor's limit, with and without a word on how long
// it lasts.
func TestRateLimited(t *testing.T) {
	t.Parallel()
	limited := func(retryAfter string) fault {
		return fault{"fault": "status", "status": 429, "headers": map[string]string{"Retry-After": retryAfter}}
	}
	t.Run("a wait that fits", func(t *testing.T) {
		t.Parallel()
		w := start(t)
		id := w.ids(1)[0]
		w.put(limited("1").on("GET", "service/tickets/"+id).times(1))
		w.get("/tickets/"+id).want(t, 200)
		if got := len(w.asked("GET", "/service/tickets/"+id)); got != 2 {
			t.Errorf("the vendor was asked %d times, want 2", got)
		}
	})
	t.Run("a wait that does not fit", func(t *testing.T) {
		t.Parallel()
		w := start(t)
		id := w.ids(1)[0]
		w.put(limited("120").on("GET", "service/tickets/"+id).times(1))
		r := w.get("/tickets/"+id).problem(t, 429, "rate_limited").says(t, "ConnectWise")
		if r.header.Get("Retry-After") != "120" || r.at("retry_after_seconds") != 120.0 || r.at("retryable") != true {
			t.Errorf("the answer says to wait %q: %s", r.header.Get("Retry-After"), r.body)
		}
		if got := len(w.asked("GET", "/service/tickets/"+id)); got != 1 {
			t.Errorf("the vendor was asked %d times, want 1", got)
		}
		// The whole connection waits, and says so without asking the vendor.
		asked := len(w.asked("", ""))
		w.get("/tickets?page_size=1").problem(t, 429, "rate_limited")
		if got := len(w.asked("", "")); got != asked {
			t.Errorf("the vendor was asked %d times while it wants to be left alone", got-asked)
		}
	})
	t.Run("no word", func(t *testing.T) {
		t.Parallel()
		w := start(t)
		id := w.ids(1)[0]
		w.put(limited("").on("GET", "service/tickets/"+id))
		w.get("/tickets/"+id).problem(t, 429, "rate_limited")
		if got := len(w.asked("GET", "/service/tickets/"+id)); got > 3 || got < 1 {
			t.Errorf("the vendor was asked %d times, want at most 3", got)
		}
	})
	t.Run("a write", func(t *testing.T) {
		t.Parallel()
		w := start(t)
		id := w.ids(1)[0]
		w.put(limited("120").on("POST", "service/tickets/"+id+"/notes").times(1))
		r := w.do("full", "POST", w.path("/tickets/"+id+"/internal-notes"), `{"body":"Noted."}`).problem(t, 429, "rate_limited")
		if got := len(w.asked("POST", "/service/tickets/"+id+"/notes")); got != 1 {
			t.Errorf("the note was sent %d times", got)
		}
		if r.header.Get("Retry-After") != "120" {
			t.Errorf("the answer says to wait %q", r.header.Get("Retry-After"))
		}
	})
}

// TestDeadline has a vendor that is slower than the caller's time.
func TestDeadline(t *testing.T) {
	t.Parallel()
	w := startWith(t, `
gateway {
  limits {
    read_deadline    = "2s"
    write_deadline   = "3s"
    outcome_deadline = "1s"
  }
}`)
	cases := []struct {
		name, method, path, on, slow, body, outcome string
		sent                                        int
	}{
		{"read", "GET", "", "", "GET", "", "", 0},
		{"write, slow when it is sent", "PATCH", "", "", "PATCH", `{"title":"Changed"}`, "UNKNOWN", 1},
		{"write, slow before it is sent", "PATCH", "", "", "GET", `{"title":"Changed"}`, "NOT_SENT", 0},
		{"note", "POST", "/internal-notes", "/notes", "POST", `{"body":"Noted."}`, "UNKNOWN", 1},
	}
	ids := w.ids(len(cases))
	for n, c := range cases {
		id := ids[n]
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w.put(slow(forever).on(c.slow, "service/tickets/"+id+c.on))
			var body any
			if c.body != "" {
				body = c.body
			}
			r := w.do("full", c.method, w.path("/tickets/"+id+c.path), body).problem(t, 504, "deadline_exceeded")
			if r.text("outcome") != c.outcome {
				t.Errorf("the outcome is %q, want %q: %s", r.text("outcome"), c.outcome, r.body)
			}
			if r.at("retryable") != (c.outcome != "UNKNOWN") {
				t.Errorf("retryable is %v with the outcome %q", r.at("retryable"), c.outcome)
			}
			if c.method == "GET" {
				return
			}
			until(t, "the vendor sees the caller go", func() bool {
				return len(w.asked(c.slow, "/service/tickets/"+id+c.on)) > 0
			})
			if got := len(w.asked(c.method, "/service/tickets/"+id+c.on)); got != c.sent {
				t.Errorf("the write was sent %d times, want %d", got, c.sent)
			}
		})
	}
}
