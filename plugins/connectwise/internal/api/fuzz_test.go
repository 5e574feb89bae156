package api

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// FuzzDecodeError reads whatever a server answers in place of success: it becomes
// a fault that says something, at a path that callers can read, or none.
func FuzzDecodeError(f *testing.F) {
	b, err := os.ReadFile("../../testdata/vendor/errors-observed.json")
	if err != nil {
		f.Fatal(err)
	}
	var file struct {
		Errors []struct {
			HTTP int
			Body json.RawMessage
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		f.Fatal(err)
	}
	for _, o := range file.Errors {
		f.Add(o.HTTP, []byte(o.Body))
	}
	f.Add(400, []byte("Cannot route. Codebase/company is invalid"))
	f.Add(404, []byte("<html>"))
	f.Add(400, []byte(`{"code":"InvalidObject","message":"x","errors":[{"field":"a\"]b/id","message":"m"},{"field":"/","message":""},null]}`))
	f.Add(400, []byte(`{"code":1}`))
	f.Add(500, []byte(`{"message":"\ud800"}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 400 || status > 599 {
			t.Skip("decodeError is asked about refusals alone: statuses from 400 to 599")
		}
		e := decodeError(status, nil, body)
		if e == nil {
			return
		}
		if e.Code == "" || e.Message == "" || e.Vendor == nil || e.Vendor.Status != status {
			t.Fatalf("%d %q became %+v", status, body, e)
		}
		if e.Code == fault.CodeUnauthenticated {
			t.Fatalf("%d %q speaks of the caller's token", status, body)
		}
		for _, v := range e.Violations {
			path, _, custom := strings.Cut(v.Field, "[")
			if _, ok := receipt.CustomFieldID(v.Field); custom && !ok || !custom && strings.ContainsFunc(path, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }) {
				t.Fatalf("%q has the path %q", body, v.Field)
			}
		}
	})
}

// FuzzLink reads Link headers: a next page is one by its relation alone.
func FuzzLink(f *testing.F) {
	for _, s := range []string{
		"", "https://x/?page=2", `<https://x/?page=2>; rel="next"`, `rel="next"`, `a>; rel="next", <b`, `x; rel=next`, `"`, `\`, `,,;=`,
		`title="a, b; rel=\"next\""`, `<`, "é", "\x00",
	} {
		f.Add(s)
	}
	has := func(link string) bool { return hasNext(http.Header{"Link": {link}}) }
	f.Fuzz(func(t *testing.T, text string) {
		has(text) // whatever it is, it ends
		address := strings.NewReplacer("<", "", ">", "").Replace(text)
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)
		for link, want := range map[string]bool{
			"<" + address + `>; rel="next"`:                                   true,
			"<" + address + `>; rel="last"`:                                   false,
			`<a>; rel="first", <` + address + `>;  REL = "Next prev" , <b>`:   true,
			`<a>; title="` + quoted + `"; rel="last"`:                         false,
			`<a>; title="` + quoted + `"; rel="next"`:                         true,
			`<a>; rel="last"; title="` + quoted + `", <b>; rel=next; x="y,z"`: true,
		} {
			if has(link) != want {
				t.Errorf("%s: %t", link, !want)
			}
		}
	})
}

func TestLink(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]bool{
		`<https://x/v4_6_release/apis/3.0/service/tickets/?pageSize=1&page=2>; rel="next", <https://x/?page=9>; rel="last"`: true,
		`<https://x/?page=1>; rel="first", <https://x/?page=8>; rel="prev"`:                                                 false,
		`<https://x/?conditions=summary="; rel="next">; rel="last"`:                                                         false,
		`<https://x/>; rel=next`:               true,
		`<https://x/>; rel="prev next"`:        true,
		`<https://x/>; rel="last"; rel="next"`: false, // of several the first counts
		`<https://x/>; nextrel="next"`:         false,
		`<https://x/>; rel="nextish"`:          false,
		`<https://x/>; rel`:                    false,
		`nonsense`:                             false,
	} {
		if got := hasNext(http.Header{"Link": {link}}); got != want {
			t.Errorf("%s: %t", link, got)
		}
	}
	if !hasNext(http.Header{"Link": {`<a>; rel="last"`, `<b>; rel="next"`}}) {
		t.Error("the second header was not read")
	}
}

// FuzzStamp reads times of all forms: what it reads is a time that can be written.
func FuzzStamp(f *testing.F) {
	for _, s := range []string{
		"2026-01-02T03:04:05Z", "2026-01-02T03:04:05.123456789+14:00", "2026-01-02T03:04:05", "2026-01-02", "2015-12-24T22: 08: 22Z", "",
		"0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "0000-01-01T00:00:00+23:59", "2026-02-30", `"`, "24:00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		var s Stamp
		if err := json.Unmarshal(b, &s); err != nil {
			t.Fatal(err)
		}
		if s.IsZero() {
			return
		}
		again, err := time.Parse(time.RFC3339, FormatTime(s.Time))
		if err != nil || !again.Equal(s.Truncate(time.Second)) || s.Location() != time.UTC {
			t.Fatalf("%q became %v, written %s", text, s.Time, FormatTime(s.Time))
		}
	})
}

// FuzzCodeBase takes the name of the code base from a server: it never leads out
// of its place in a path.
func FuzzCodeBase(f *testing.F) {
	for _, s := range []string{"v2025_1/", "/v4_6_release/", "", ".", "..", "../x", "a/b", "a%2fb", "a?b", "a#b", "ü", "//evil.example/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		base, err := trimSlashes(text)
		if err != nil {
			return
		}
		if base == "" || strings.ContainsAny(base, "/\\?#%:@ ") || base == "." || base == ".." || !utf8.ValidString(base) {
			t.Fatalf("%q became %q", text, base)
		}
	})
}
