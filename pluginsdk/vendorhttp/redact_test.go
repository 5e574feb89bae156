package vendorhttp_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
	"github.com/google/go-cmp/cmp"
)

func TestRedactor(t *testing.T) {
	t.Parallel()
	r := vendorhttp.NewRedactor(`p+q/"r" s`, "abcd", "abcdefgh", "", "xyz")
	r.Add("late-token", "abcd")
	for in, want := range map[string]string{
		`plain p+q/"r" s`:            "plain REDACTED",
		`json {"k":"p+q/\"r\" s"}`:   `json {"k":"REDACTED"}`,
		`query ?k=p%2Bq%2F%22r%22+s`: "query ?k=REDACTED",
		`path /p+q%2F%22r%22%20s/x`:  "path /REDACTED/x",
		`base64 cCtxLyJyIiBz`:        "base64 REDACTED",
		`the longer one abcdefgh`:    "the longer one REDACTED",
		`the shorter one abcde`:      "the shorter one REDACTEDe",
		`too short to be one: xyz`:   "too short to be one: xyz",
		`added late: late-token`:     "added late: REDACTED",
		`nothing to see`:             "nothing to see",
	} {
		if got := r.String(in); got != want {
			t.Errorf("String(%q) = %q, want %q", in, got, want)
		}
		if got := string(r.Bytes([]byte(in))); got != want {
			t.Errorf("Bytes(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestRedactorHeader(t *testing.T) {
	t.Parallel()
	in := http.Header{
		"Authorization": {"Basic x"}, "Set-Cookie": {"a", "b"}, "X-Api-Key": {"k"}, "X-Auth": {"k"}, "Apiintegrationsecret": {"k"},
		"Content-Type": {"text/abcd"}, "X-Author": {"Ivo"},
	}
	want := http.Header{
		"Authorization": {"REDACTED"}, "Set-Cookie": {"REDACTED", "REDACTED"}, "X-Api-Key": {"REDACTED"}, "X-Auth": {"REDACTED"}, "Apiintegrationsecret": {"REDACTED"},
		"Content-Type": {"text/REDACTED"}, "X-Author": {"Ivo"},
	}
	if diff := cmp.Diff(want, vendorhttp.NewRedactor("abcd").Header(in)); diff != "" {
		t.Errorf("Header (-want +got):\n%s", diff)
	}
	if in.Get("Authorization") != "Basic x" {
		t.Error("the original was changed")
	}
}

func TestRedactorURL(t *testing.T) {
	t.Parallel()
	r := vendorhttp.NewRedactor("se cret")
	for in, want := range map[string]string{
		"https://u:p@h/a?b=c&access_token=x&z": "https://h/a?b=c&access_token=REDACTED&z",
		"https://h/se%20cret?q=se+cret":        "https://h/REDACTED?q=REDACTED",
		"https://h/?client%5Fsecret=x&%zz=1":   "https://h/?client%5Fsecret=REDACTED&%zz=REDACTED",
		"https://h/?author=ivo&orderBy=id":     "https://h/?author=ivo&orderBy=id",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.URL(u); got != want {
			t.Errorf("URL(%s) = %s, want %s", in, got, want)
		}
		if u.String() != in && !strings.Contains(in, "p@") {
			t.Error("the original was changed")
		}
	}
}

func TestRedactorConcurrently(t *testing.T) {
	t.Parallel()
	r := vendorhttp.NewRedactor()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			secret := strings.Repeat(string(rune('a'+i)), 8)
			r.Add(secret)
			if got := r.String(secret); got != "REDACTED" {
				t.Errorf("a secret just added is shown: %s", got)
			}
		})
	}
	all.Wait()
}
