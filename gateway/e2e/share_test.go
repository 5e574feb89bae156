package e2e

import (
	"net/http"
	"testing"
	"time"
)

// held is how long the PSA takes in these tests: long enough for everybody to
// have asked.
const held = 2 * time.Second

// TestReadsShare has several agents read the same at once: the PSA is asked once.
func TestReadsShare(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	w.get("/tickets/10001").want(t, 200)
	before := len(w.asked(http.MethodGet, "service/tickets/10001"))
	fault := w.put(slow(held).on("GET", "service/tickets/10001").times(1))
	path := w.path("/tickets/10001")
	answers := []<-chan reply{w.later("full", http.MethodGet, path, nil)}
	w.hit(fault)
	for n := range 8 {
		answers = append(answers, w.later([]string{"full", "readonly"}[n%2], http.MethodGet, path, nil))
	}
	paid := 0
	for _, answer := range answers {
		r := soon(t, answer)
		r.want(t, 200)
		if r.text("ticket", "id") != "10001" {
			t.Errorf("answered %s", r.body)
		}
		if r.header.Get("X-Vendor-Requests") != "0" {
			paid++
		}
	}
	if asked := len(w.asked(http.MethodGet, "service/tickets/10001")) - before; asked != 1 || paid != 1 {
		t.Errorf("the PSA was asked %d times, and %d callers were told that they cost something", asked, paid)
	}
	// Pages are sealed for each agent, also those that came with one call.
	list := w.path("/tickets?page_size=2")
	fault = w.put(slow(held).on("GET", "service/tickets").times(1))
	first := w.later("full", http.MethodGet, list, nil)
	w.hit(fault)
	second := w.later("readonly", http.MethodGet, list, nil)
	a, b := soon(t, first).want(t, 200), soon(t, second).want(t, 200)
	w.do("full", http.MethodGet, list+"&page_token="+a.text("next_page_token"), nil).want(t, 200)
	w.do("readonly", http.MethodGet, list+"&page_token="+b.text("next_page_token"), nil).want(t, 200)
	w.do("readonly", http.MethodGet, list+"&page_token="+a.text("next_page_token"), nil).want(t, 400)
}

// TestReadAfterWriteIsFresh holds that a read joins none that began before a write.
func TestReadAfterWriteIsFresh(t *testing.T) {
	t.Parallel()
	w := startAt(t, theDay)
	fault := w.put(slow(held).on("GET", "service/tickets/10002").times(1))
	path := w.path("/tickets/10002")
	early := w.later("full", http.MethodGet, path, nil)
	w.hit(fault)
	w.do("full", http.MethodPatch, path, `{"title":"Written meanwhile"}`).want(t, 200)
	if r := w.do("full", http.MethodGet, path, nil).want(t, 200); r.text("ticket", "title") != "Written meanwhile" {
		t.Errorf("a read after the write shows %q", r.text("ticket", "title"))
	}
	soon(t, early).want(t, 200)
}
