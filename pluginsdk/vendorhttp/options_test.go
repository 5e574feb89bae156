package vendorhttp_test

import (
	"strings"
	"testing"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

func TestParseRateLimit(t *testing.T) {
	t.Parallel()
	vendor := vendorhttp.Rate{Requests: 1000, Per: time.Minute, Burst: 4}
	for text, want := range map[string]vendorhttp.Rate{
		"": vendor, "vendor": vendor, "off": {},
		"10/s": {Requests: 10, Per: time.Second}, "10/second": {Requests: 10, Per: time.Second},
		"100/minute": {Requests: 100, Per: time.Minute}, "1/m": {Requests: 1, Per: time.Minute},
		"1000000/hour": {Requests: 1000000, Per: time.Hour}, "5/h": {Requests: 5, Per: time.Hour},
	} {
		got, err := vendorhttp.ParseRateLimit(text, vendor, true)
		if err != nil || got != want {
			t.Errorf("ParseRateLimit(%q) = %+v, %v; want %+v", text, got, err, want)
		}
	}
	for text, says := range map[string]string{
		"0/s": "from 1 to", "-1/s": "want", "1000001/s": "from 1 to", "99999999999999999999/s": "from 1 to",
		"10": "want", "10/": "want", "/s": "want", "10/day": "want", "1.5/s": "want", "10 /s": "want", "OFF": "want", "+1/s": "want", "1/s/s": "want",
	} {
		if got, err := vendorhttp.ParseRateLimit(text, vendor, true); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("ParseRateLimit(%q) = %+v, %v; want an error with %q", text, got, err, says)
		}
	}
	if _, err := vendorhttp.ParseRateLimit("off", vendor, false); err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("off for a real PSA: %v", err)
	}
	if _, err := vendorhttp.ParseRateLimit("vendor", vendorhttp.Rate{Requests: 5}, false); err == nil {
		t.Error("a vendor's rate without its time is accepted")
	}
}

func FuzzParseRateLimit(f *testing.F) {
	for _, s := range []string{"", "vendor", "off", "100/minute", "1/s", "0/h", "1e3/s", "99999999999999999999/m", "10//s", "１/s"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, text string, loopback bool) {
		vendor := vendorhttp.Rate{Requests: 7, Per: time.Second}
		got, err := vendorhttp.ParseRateLimit(text, vendor, loopback)
		switch {
		case err != nil:
			if got != (vendorhttp.Rate{}) || err.Error() == "" {
				t.Errorf("an error %q came with %+v", err, got)
			}
		case got == vendorhttp.Rate{}:
			if text != "off" || !loopback {
				t.Errorf("%q (loopback %t) means no limit", text, loopback)
			}
		case got.Requests < 1 || got.Per < time.Second:
			t.Errorf("%q means %+v", text, got)
		}
	})
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	good := vendorhttp.Options{Name: "acme", BaseURL: "https://psa.example/api/"}
	if _, err := vendorhttp.New(good); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		change func(*vendorhttp.Options)
		says   string
	}{
		"no name":      {func(o *vendorhttp.Options) { o.Name = "" }, "name"},
		"bad name":     {func(o *vendorhttp.Options) { o.Name = "a\r\nb" }, "name"},
		"no URL":       {func(o *vendorhttp.Options) { o.BaseURL = "" }, "absolute URL"},
		"not a URL":    {func(o *vendorhttp.Options) { o.BaseURL = "http://[" }, "not a URL"},
		"other scheme": {func(o *vendorhttp.Options) { o.BaseURL = "ftp://psa.example" }, "absolute URL"},
		"no host":      {func(o *vendorhttp.Options) { o.BaseURL = "https:///api" }, "absolute URL"},
		"a query":      {func(o *vendorhttp.Options) { o.BaseURL += "?a=b" }, "query"},
		"a password":   {func(o *vendorhttp.Options) { o.BaseURL = "https://u:hunter2@psa.example" }, "password"},
		"plain http":   {func(o *vendorhttp.Options) { o.BaseURL = "http://psa.example" }, "https"},
		"plain origin": {func(o *vendorhttp.Options) { o.Origins = []string{"http://login.example"} }, "https"},
		"off":          {func(o *vendorhttp.Options) { o.RateLimit = "off" }, "loopback"},
		"off in part": {func(o *vendorhttp.Options) {
			o.BaseURL = "http://127.0.0.1"
			o.Origins = []string{"https://psa.example"}
			o.RateLimit = "off"
		}, "loopback"},
		"bad rate":      {func(o *vendorhttp.Options) { o.RateLimit = "fast" }, "rate limit"},
		"negative size": {func(o *vendorhttp.Options) { o.MaxBody = -1 }, "max body"},
	} {
		o := good
		tt.change(&o)
		if _, err := vendorhttp.New(o); err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: error %v, want one with %q", name, err, tt.says)
		}
	}
	// All mistakes at once.
	_, err := vendorhttp.New(vendorhttp.Options{BaseURL: "x", Origins: []string{"y"}, RateLimit: "z"})
	for _, says := range []string{"name", "base URL", "origin", "rate limit"} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v does not speak of %q", err, says)
		}
	}
	for _, base := range []string{"http://localhost:9102/x", "http://[::1]:1", "http://127.8.8.8", "HTTP://LOCALHOST"} {
		if _, err := vendorhttp.New(vendorhttp.Options{Name: "acme", BaseURL: base, RateLimit: "off"}); err != nil {
			t.Errorf("%s: %v", base, err)
		}
	}
}
