package raw

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

func TestPaths(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"/service/tickets/7":                           "",
		"service/tickets":                              "",
		"/system/allowedfiletypes/":                    "",
		"/system/members/dana.reyes@msp.example":       "",
		"/service/tickets/7?x=1":                       "query",
		"":                                             "below the API's root",
		"/":                                            "below the API's root",
		"//":                                           "below the API's root",
		"https://elsewhere.example/x":                  "without a host",
		"//elsewhere.example/x":                        "empty segment",
		`\\elsewhere.example\x`:                        "without a host",
		"service//tickets":                             "empty segment",
		"service/tickets//":                            "empty segment",
		"../../login/companyinfo/x":                    "does not climb",
		"service/./tickets":                            "does not climb",
		"service/.../tickets":                          "does not climb",
		"service/%2e%2e/tickets":                       "escapes",
		"service/%252e/tickets":                        "escapes",
		"system/members/5/tokens.":                     "end with a dot",
		"system/members/5/tokens ":                     `' '`,
		"system/members/5/tokens;x=1":                  `';'`,
		"system/members/5/tokens#x":                    `'#'`,
		"system/ｍembers":                               "'ｍ'",
		"system/members\r\nX: y":                       `'\r'`,
		"system/\x00members":                           `'\x00'`,
		"system/\xff":                                  "has no",
		"v4_6_release/apis/3.0/service/tickets":        "leave out",
		"/APIs/3.0/service/tickets":                    "leave out",
		"service/tickets/7/apis/3.0/system/apiMembers": "leave out",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			p, err := checkPath(text)
			switch {
			case says == "" && (err != nil || p.path != strings.TrimPrefix(text, "/")):
				t.Errorf("became %q, %v", p.path, err)
			case says != "" && (fault.CodeOf(err) != fault.CodeInvalidArgument || !strings.Contains(fault.From(err).Message, says)):
				t.Errorf("%v does not say %q", err, says)
			}
		})
	}
}

func TestWhatReads(t *testing.T) {
	t.Parallel()
	for call, reads := range map[string]bool{
		"GET service/tickets": true, "POST service/tickets/search": true, "POST Project/Tickets/SEARCH/": true, "POST system/bundles": true, "POST system/bundles/count": true,
		"POST service/tickets": false, "POST service/search/tickets": false, "POST system/bundles/7": false, "PATCH service/tickets/search": false, "DELETE service/tickets/7": false,
		"POST time/entries/defaults": false,
	} {
		method, path, _ := strings.Cut(call, " ")
		p, err := checkPath(path)
		if err != nil || p.reads(method) != reads {
			t.Errorf("%s reads: %t, %v", call, !reads, err)
		}
	}
}

func TestTables(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]struct{ read, write bool }{
		"service/tickets/7":                           {true, true},
		"system/documents":                            {true, true},
		"system/members":                              {true, false},
		"system/Members/5":                            {true, false},
		"system/members/5/skills":                     {true, false},
		"system/securityRoles/3/settings":             {true, false},
		"SYSTEM/SECURITYROLES":                        {true, false},
		"system/workflows/5/events/2/actions":         {true, false},
		"system/members/zadmin/tokens":                {false, false},
		"system/apiMembers":                           {false, false},
		"system/APIMEMBERS/5/":                        {false, false},
		"system/callbacks":                            {false, false},
		"system/callbacks/count":                      {false, false},
		"system/ssoConfigurations/1/registertoken":    {false, false},
		"company/managedDevicesIntegrations/4/logins": {false, false},
		"company/managedDevicesIntegrations/4":        {true, true},
		"system/reports/ApiMember":                    {false, false},
		"system/reports/Service":                      {true, true},
		"system/membersandmore":                       {true, true},
	} {
		p, err := checkPath(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ writes, passes bool }{{false, want.read}, {true, want.write}} {
			err := checkTable(p, c.writes, nil)
			if (err == nil) != c.passes {
				t.Errorf("%s, writing %t: %v", path, c.writes, err)
			}
			if err != nil && (fault.CodeOf(err) != fault.CodePermissionDenied || fault.From(err).Reason != ReasonSecurityTable) {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	got, err := checkHeaders(map[string]string{"accept": "application/json", "pagination-type": "forward-only"})
	if err != nil || got.Get("Accept") != "application/json" || got.Get("Pagination-Type") != "forward-only" || len(got) != 2 {
		t.Errorf("got %v, %v", got, err)
	}
	for _, name := range []string{
		"Authorization", "AUTHORIZATION", "clientId", "ClientID", "Cookie", "Host", "x-cw-usertype", "Proxy-Authorization", "X-HTTP-Method-Override",
		"X-Forwarded-Host", "Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "Expect", "Idempotency-Key", "accept ", "",
	} {
		_, err := checkHeaders(map[string]string{name: "x"})
		if e := fault.From(err); fault.CodeOf(err) != fault.CodeInvalidArgument || !slices.Equal(e.Violations[0].Allowed, sentHeaders) {
			t.Errorf("%q: %v", name, err)
		}
	}
	for name, headers := range map[string]map[string]string{
		"a line break": {"Accept": "a\r\nX: y"}, "empty": {"Accept": " "}, "NUL": {"Accept": "\x00"}, "twice": {"Accept": "a", "accept": "b"},
	} {
		if _, err := checkHeaders(headers); fault.CodeOf(err) != fault.CodeInvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = checkHeaders(map[string]string{"Cookie": "a", "Host": "b", "Accept": "\n"})
	if e := fault.From(err); len(e.Violations) != 3 {
		t.Errorf("not all at once: %v", e.Violations)
	}
}

// FuzzPath takes paths from outside to what the HTTP client makes of them: it
// must send exactly the judged path, below the root, and nothing of a table that
// is refused, however it is written.
func FuzzPath(f *testing.F) {
	for _, s := range []string{
		"/service/tickets/7", "service/tickets", "..", "../x", "a/../b", "%2e%2e/x", "//h/x", "https://h/x", `\\h\x`, "a;b", "a?b", "a#b", "a b", "a\x00b",
		"system/apiMembers", "SYSTEM/apimembers/", "system/members/5/tokens", "system/./callbacks", "system/callbacks.", "x/apis/3.0/y", "a//b", "@h/x", "~", "+", "é", "system/callbacks\u200b", "1:2",
	} {
		f.Add(s)
	}
	const root = "/v4_6_release/apis/3.0/"
	seen := make(chan *url.URL, 1)
	client, err := vendorhttp.New(vendorhttp.Options{
		Name: "fuzz", BaseURL: "http://127.0.0.1:9", RateLimit: "off",
		Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			seen <- r.URL
			return &http.Response{StatusCode: 200, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
		}),
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := checkPath(text)
		if err != nil {
			if fault.CodeOf(err) != fault.CodeInvalidArgument {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if _, err := client.Do(t.Context(), vendorhttp.Request{Method: "DELETE", Path: root + p.path, Opaque: true}); err != nil {
			t.Fatalf("%q passes, and cannot be sent: %v", text, err)
		}
		u := <-seen
		want := root + strings.TrimPrefix(text, "/")
		switch {
		case u.Scheme != "http" || u.Host != "127.0.0.1:9" || u.User != nil:
			t.Errorf("%q goes to %s", text, u)
		case u.Path != want || u.EscapedPath() != want || u.RawQuery != "" || u.Fragment != "":
			t.Errorf("%q is sent as %s", text, u)
		case path.Clean(u.Path) != strings.TrimSuffix(u.Path, "/") || !strings.HasPrefix(u.Path, root):
			t.Errorf("%q climbs to %s", text, u.Path)
		}
		below := strings.ToLower(strings.Trim(strings.TrimPrefix(u.Path, root), "/"))
		for _, table := range []string{"system/apimembers", "system/callbacks", "system/ldapconfigurations"} {
			if (below == table || strings.HasPrefix(below, table+"/")) && checkTable(p, false, nil) == nil {
				t.Errorf("%q reaches %s", text, table)
			}
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
