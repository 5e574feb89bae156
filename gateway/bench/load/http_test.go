package load_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/deskgate/deskgate/gateway/bench/load"
	"github.com/deskgate/deskgate/gateway/bench/scenario"
)

// server is one that keeps what it was asked, and refuses /no.
func server(t *testing.T) (*load.HTTP, func() []string) {
	t.Helper()
	var mu sync.Mutex
	var seen []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		seen = append(seen, r.Method+" "+r.URL.Path+" "+r.Header.Get("X-Key"))
		mu.Unlock()
		if strings.HasSuffix(r.URL.Path, "/no") {
			w.WriteHeader(http.StatusTeapot)
		}
		fmt.Fprint(w, "said")
	}))
	t.Cleanup(s.Close)
	client, err := load.NewHTTP(s.URL+"/v1", map[string]string{"X-Key": "k"})
	if err != nil {
		t.Fatal(err)
	}
	return client, func() []string { return slices.Sorted(slices.Values(seen)) }
}

func TestCallsGoRound(t *testing.T) {
	t.Parallel()
	client, seen := server(t)
	var calls []scenario.Call
	for n := range 6 {
		calls = append(calls, scenario.Call{{{Path: fmt.Sprintf("/%d", n)}}})
	}
	call := client.Calls(calls, 2)
	for range 2 { // the second time goes on
		if _, err := load.Times(t.Context(), 2, call); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"GET /v1/0 k", "GET /v1/0 k", "GET /v1/2 k", "GET /v1/4 k"}; !slices.Equal(seen(), want) {
		t.Errorf("the first client asked for %v, want %v", seen(), want)
	}
	if err := call(1, 0); err != nil || !slices.Contains(seen(), "GET /v1/1 k") {
		t.Errorf("the second client asked for %v, %v", seen(), err)
	}
}

func TestSteps(t *testing.T) {
	t.Parallel()
	client, seen := server(t)
	call := client.Calls([]scenario.Call{{{{Method: "PATCH", Path: "/a", Body: "{}"}}, {{Path: "/b"}, {Path: "/c"}}}}, 1)
	if err := call(0, 0); err != nil {
		t.Fatal(err)
	}
	if want := []string{"GET /v1/b k", "GET /v1/c k", "PATCH /v1/a k"}; !slices.Equal(seen(), want) {
		t.Errorf("a call of three requests asked for %v", seen())
	}
	for _, broken := range []scenario.Call{{{{Path: "/no"}}}, {{{Path: "/b"}, {Path: "/no"}}}} {
		err := client.Calls([]scenario.Call{broken}, 1)(0, 0)
		if err == nil || !strings.Contains(err.Error(), "/no answered 418: said") {
			t.Errorf("the error is %v", err)
		}
	}
}
