package e2e

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

// TestBadInput sends what is wrong in one way each. The answer says what, where
// and what is allowed, and the vendor hears of no write.
func TestBadInput(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.ids(1)[0]
	ticket := "/tickets/" + id
	type violation struct{ field, message, didYouMean, allowed string }
	cases := map[string]struct {
		agent, method, path string
		body                any
		header              []string
		status              int
		code, says          string
		violation           violation
	}{
		// Tokens.
		"no token":           {agent: "-", path: "/tickets", status: 401, code: "unauthenticated", says: "Authorization"},
		"malformed token":    {agent: "-", path: "/tickets", header: bearer("dg_full"), status: 401, code: "unauthenticated"},
		"another scheme":     {agent: "-", path: "/tickets", header: []string{"Authorization", "Basic " + tokens["full"]}, status: 401, code: "unauthenticated"},
		"wrong secret":       {agent: "-", path: "/tickets", header: bearer("dg_fullfull_" + strings.Repeat("Wrong", 8)), status: 401, code: "unauthenticated"},
		"another's id":       {agent: "-", path: "/tickets", header: bearer("dg_readread_" + strings.Repeat("Full0", 8)), status: 401, code: "unauthenticated"},
		"token in the query": {agent: "-", path: "/tickets?token=" + tokens["full"], status: 401, code: "unauthenticated"},

		// Names.
		"unknown connection":        {path: "/v1/connections/nowhere/tickets", status: 404, code: "not_found", says: `"nowhere"`},
		"connection in upper case":  {path: "/v1/connections/CW/tickets", status: 404, code: "not_found", says: `"CW"`},
		"unknown path":              {path: "/ticket", status: 404, code: "not_found", says: "/openapi.json"},
		"path in upper case":        {path: "/Tickets", status: 404, code: "not_found"},
		"slash at the end":          {path: "/tickets/", status: 404, code: "not_found"},
		"unknown method":            {method: "PUT", path: ticket, status: 405, code: "method_not_allowed", says: "PATCH"},
		"unknown ticket":            {path: "/tickets/99999999", status: 404, code: "not_found"},
		"ticket that is no number":  {path: "/tickets/abc", status: 404, code: "not_found", says: `"abc"`},
		"unknown field":             {method: "PATCH", path: ticket, body: `{"titel":"x"}`, status: 400, code: "invalid_argument", violation: violation{"titel", "", "title", "priority"}},
		"field in upper case":       {method: "PATCH", path: ticket, body: `{"Title":"x"}`, status: 400, code: "invalid_argument", violation: violation{"Title", "", "title", ""}},
		"camel case":                {method: "PATCH", path: ticket, body: `{"customFields":{}}`, status: 400, code: "invalid_argument", violation: violation{"customFields", "", "custom_fields", ""}},
		"unknown field inside":      {method: "PATCH", path: ticket, body: `{"priority":{"nam":"x"}}`, status: 400, code: "invalid_argument", violation: violation{"priority.nam", "", "name", "level"}},
		"unknown custom field":      {method: "PATCH", path: ticket, body: `{"custom_fields":{"nonsense":1}}`, status: 400, code: "invalid_argument", says: "nonsense"},
		"field that is answered":    {method: "PATCH", path: ticket, body: `{"created_at":"2026-01-01T00:00:00Z"}`, status: 400, code: "invalid_argument", violation: violation{"created_at", "", "", ""}},
		"unknown priority":          {method: "PATCH", path: ticket, body: `{"priority":{"name":"Priority 1 - Critcal"}}`, status: 400, code: "invalid_argument", violation: violation{"priority.name", "Critcal", "", "Priority"}},
		"unknown enum value":        {method: "PATCH", path: ticket, body: `{"status":{"category":"OPEN"}}`, status: 400, code: "invalid_argument", violation: violation{"status.category", "", "", "IN_PROGRESS"}},
		"enum value in lower case":  {method: "PATCH", path: ticket, body: `{"status":{"category":"new"}}`, status: 400, code: "invalid_argument", violation: violation{"status.category", "", "NEW", ""}},
		"enum value by number":      {method: "PATCH", path: ticket, body: `{"status":{"category":1}}`, status: 400, code: "invalid_argument", violation: violation{"status.category", "", "", ""}},
		"unknown queue in a create": {method: "POST", path: "/tickets", body: `{"title":"x","company":{"id":"2"},"queue":{"name":"Nowhere"}}`, status: 400, code: "invalid_argument", violation: violation{"queue.name", "Nowhere", "", " "}},

		// JSON.
		"no body":            {method: "POST", path: "/tickets", status: 400, code: "invalid_argument"},
		"empty object":       {method: "POST", path: "/tickets", body: `{}`, status: 400, code: "invalid_argument", violation: violation{"title", "", "", ""}},
		"not JSON":           {method: "PATCH", path: ticket, body: `title=x`, status: 400, code: "invalid_argument"},
		"a list":             {method: "PATCH", path: ticket, body: `[{"title":"x"}]`, status: 400, code: "invalid_argument"},
		"cut off":            {method: "PATCH", path: ticket, body: `{"title":"x"`, status: 400, code: "invalid_argument"},
		"duplicate key":      {method: "PATCH", path: ticket, body: `{"title":"x","title":"y"}`, status: 400, code: "invalid_argument", violation: violation{"title", "twice", "", ""}},
		"escaped duplicate":  {method: "PATCH", path: ticket, body: `{"title":"x","\u0074itle":"y"}`, status: 400, code: "invalid_argument", violation: violation{"title", "twice", "", ""}},
		"duplicate inside":   {method: "PATCH", path: ticket, body: `{"custom_fields":{"a":1,"a":2}}`, status: 400, code: "invalid_argument", says: "twice"},
		"wrong type":         {method: "PATCH", path: ticket, body: `{"title":7}`, status: 400, code: "invalid_argument", violation: violation{"title", "", "", ""}},
		"object for a text":  {method: "PATCH", path: ticket, body: `{"title":{"x":1}}`, status: 400, code: "invalid_argument", violation: violation{"title", "", "", ""}},
		"text for an object": {method: "PATCH", path: ticket, body: `{"priority":"High"}`, status: 400, code: "invalid_argument", violation: violation{"priority", "", "", ""}},
		"program as owner":   {method: "PATCH", path: ticket, body: `{"owner":{"id":"150"}}`, status: 400, code: "invalid_argument", violation: violation{"owner.id", "is an account for programs", "", ""}},
		"program by name":    {method: "PATCH", path: ticket, body: `{"owner":{"name":"Deskgate API"}}`, status: 400, code: "invalid_argument", violation: violation{"owner.name", "no technician is named", "", ""}},
		"number as a text":   {method: "PATCH", path: ticket, body: `{"priority":{"level":"2"}}`, status: 400, code: "invalid_argument", violation: violation{"priority.level", "", "", ""}},
		"trailing data":      {method: "PATCH", path: ticket, body: `{"title":"x"} {"title":"y"}`, status: 400, code: "invalid_argument"},
		"trailing comma":     {method: "PATCH", path: ticket, body: `{"title":"x",}`, status: 400, code: "invalid_argument"},
		"NUL":                {method: "PATCH", path: ticket, body: `{"title":"a\u0000b"}`, status: 400, code: "invalid_argument", violation: violation{"title", "", "", ""}},
		"raw NUL":            {method: "PATCH", path: ticket, body: "{\"title\":\"a\x00b\"}", status: 400, code: "invalid_argument"},
		"not UTF-8":          {method: "PATCH", path: ticket, body: "{\"title\":\"a\xffb\"}", status: 400, code: "invalid_argument"},
		"nested too deep":    {method: "PATCH", path: ticket, body: `{"custom_fields":{"a":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + `}}`, status: 400, code: "invalid_argument", says: "64"},
		"bottomless":         {method: "PATCH", path: ticket, body: strings.Repeat(`{"a":`, 100_000), status: 400, code: "invalid_argument"},
		"null for required":  {method: "PATCH", path: ticket, body: `{"title":null}`, status: 400, code: "invalid_argument", violation: violation{"title", "", "", ""}},
		"empty note":         {method: "POST", path: ticket + "/internal-notes", body: `{"body":""}`, status: 400, code: "invalid_argument", violation: violation{"body", "", "", ""}},

		// HTTP.
		"form":                 {method: "PATCH", path: ticket, body: `{"title":"x"}`, header: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 415, code: "unsupported_media_type", says: "application/json"},
		"no content type":      {method: "PATCH", path: ticket, body: `{"title":"x"}`, header: []string{"Content-Type", ""}, status: 415, code: "unsupported_media_type", says: "application/json"},
		"body on a read":       {method: "GET", path: ticket, body: `{"title":"x"}`, status: 400, code: "invalid_argument", says: "takes no body"},
		"compressed body":      {method: "PATCH", path: ticket, body: "\x1f\x8b", header: []string{"Content-Encoding", "gzip"}, status: 415, code: "unsupported_media_type", says: "gzip"},
		"body on a check":      {method: "POST", path: "/checks", body: `{"title":"x"}`, status: 400, code: "invalid_argument", violation: violation{"title", "no such field", "", ""}},
		"Idempotency-Key":      {method: "POST", path: ticket + "/internal-notes", body: `{"body":"x"}`, header: []string{"Idempotency-Key", "k1"}, status: 501, code: "not_supported", says: "Idempotency-Key"},
		"Prefer":               {method: "PATCH", path: ticket, body: `{"title":"x"}`, header: []string{"Prefer", "wait=30"}, status: 501, code: "not_supported", says: "Prefer"},
		"max-age":              {path: ticket, header: []string{"Cache-Control", "no-transform, max-age=30"}, status: 501, code: "not_supported", says: "Cache-Control"},
		"If-Match on a create": {method: "POST", path: "/tickets", body: `{"title":"x"}`, header: []string{"If-Match", `"0123"`}, status: 400, code: "invalid_argument", violation: violation{"If-Match", "leave the header out", "", ""}},
		"If-Match without \"":  {method: "PATCH", path: ticket, body: `{"title":"x"}`, header: []string{"If-Match", "abc"}, status: 400, code: "invalid_argument", violation: violation{"If-Match", "double quotes", "", ""}},
		"weak If-Match":        {method: "PATCH", path: ticket, body: `{"title":"x"}`, header: []string{"If-Match", `W/"abc"`}, status: 400, code: "invalid_argument", violation: violation{"If-Match", "", "", ""}},
		"If-Match of long ago": {method: "PATCH", path: ticket, body: `{"title":"x"}`, header: []string{"If-Match", `"0123"`}, status: 412, code: "precondition_failed"},

		// Queries.
		"unknown parameter":      {path: "/tickets?quue=x", status: 400, code: "invalid_argument", violation: violation{"quue", "", "queue", "status_category"}},
		"parameter in upper":     {path: "/tickets?Queue=x", status: 400, code: "invalid_argument", violation: violation{"Queue", "", "queue", ""}},
		"parameter on a write":   {method: "PATCH", path: ticket + "?force=true", body: `{"title":"x"}`, status: 400, code: "invalid_argument", violation: violation{"force", "", "", ""}},
		"dry run of a read":      {path: "/tickets?dry_run=true", status: 400, code: "invalid_argument", violation: violation{"dry_run", "", "", ""}},
		"dry run of a check":     {method: "POST", path: "/checks?dry_run=true", status: 400, code: "invalid_argument", says: "dry_run"},
		"dry run that is no":     {method: "PATCH", path: ticket + "?dry_run=yes", body: `{"title":"x"}`, status: 400, code: "invalid_argument", violation: violation{"dry_run", "", "", "true"}},
		"dry run, given twice":   {method: "PATCH", path: ticket + "?dry_run=false&dry_run=true", body: `{"title":"x"}`, status: 400, code: "invalid_argument", violation: violation{"dry_run", "twice", "", ""}},
		"page too large":         {path: "/tickets?page_size=201", status: 400, code: "invalid_argument", violation: violation{"page_size", "200", "", ""}},
		"page too small":         {path: "/tickets?page_size=0", status: 400, code: "invalid_argument", violation: violation{"page_size", "", "", ""}},
		"page of a half":         {path: "/tickets?page_size=1.5", status: 400, code: "invalid_argument", violation: violation{"page_size", "whole number", "", ""}},
		"value given twice":      {path: "/tickets?order_by=id&order_by=id", status: 400, code: "invalid_argument", violation: violation{"order_by", "twice", "", ""}},
		"unknown order":          {path: "/tickets?order_by=titel", status: 400, code: "invalid_argument", violation: violation{"order_by", "", "", "updated_at"}},
		"no time":                {path: "/tickets?updated_since=yesterday", status: 400, code: "invalid_argument", violation: violation{"updated_since", "", "", ""}},
		"bad escape":             {path: "/tickets?queue=100%25%", status: 400, code: "invalid_argument", violation: violation{"queue", "%25", "", ""}},
		"unknown include":        {path: "/tickets?include=NOTES", status: 400, code: "invalid_argument", violation: violation{"include", "", "", "CUSTOM_FIELDS"}},
		"unknown filter value":   {path: "/tickets?queue=Nowhere", status: 400, code: "invalid_argument", violation: violation{"queue", "Nowhere", "", " "}},
		"record type unknown":    {path: "/tickets?record_type=x", status: 400, code: "invalid_argument"},
		"unknown operation name": {path: "/v1/operations?connection=nowhere", status: 404, code: "not_found", says: `"nowhere"`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			agent, method := c.agent, c.method
			if agent == "" {
				agent = "full"
			}
			if method == "" {
				method = "GET"
			}
			r := w.do(agent, method, w.path(c.path), c.body, c.header...).problem(t, c.status, c.code).says(t, c.says)
			if r.status == 401 && r.header.Get("WWW-Authenticate") == "" {
				t.Error("a 401 has no WWW-Authenticate")
			}
			want := c.violation
			if want == (violation{}) {
				return
			}
			i := slices.IndexFunc(r.list("violations"), func(v any) bool {
				m, _ := v.(map[string]any)
				return m["field"] == want.field
			})
			if i < 0 {
				t.Fatalf("no violation of %s: %s", want.field, r.body)
			}
			if message := r.text("violations", i, "message"); message == "" || !strings.Contains(message, want.message) {
				t.Errorf("the message is %q, want %q in it", message, want.message)
			}
			if got := r.text("violations", i, "did_you_mean"); got != want.didYouMean && want.didYouMean != "" {
				t.Errorf("did_you_mean is %q, want %q: %s", got, want.didYouMean, r.body)
			}
			allowed := r.list("violations", i, "allowed")
			if want.allowed != "" && !slices.ContainsFunc(allowed, func(a any) bool { s, _ := a.(string); return strings.Contains(s, want.allowed) }) {
				t.Errorf("allowed is %v, want %q in it", allowed, want.allowed)
			}
		})
	}
	t.Cleanup(func() {
		if written := w.written(); len(written) != 0 {
			t.Errorf("the vendor was asked to write: %v", written)
		}
	})
}

func bearer(token string) []string { return []string{"Authorization", "Bearer " + token} }

// TestPageTokens tries tokens that are not this query's: each is refused alike.
func TestPageTokens(t *testing.T) {
	t.Parallel()
	w := start(t)
	list := w.path("/tickets?page_size=5")
	token := w.do("full", "GET", list, nil).want(t, 200).text("next_page_token")
	companies := w.get("/companies?page_size=5").want(t, 200).text("next_page_token")
	altered := []byte(token)
	altered[len(altered)/2] ^= 1
	asked := len(w.asked("", ""))
	cases := map[string]struct{ agent, path, token string }{
		"another agent's":     {"readonly", list, token},
		"another query's":     {"full", list + "&status_category=NEW", token},
		"another order's":     {"full", list + "&order_by=id", token},
		"another operation's": {"full", list, companies},
		"altered":             {"full", list, string(altered)},
		"cut":                 {"full", list, token[:len(token)-1]},
		"longer":              {"full", list, token + "A"},
		"no token of ours":    {"full", list, "2"},
		"not base64":          {"full", list, "ü%&"},
	}
	for name, c := range cases {
		r := w.do(c.agent, "GET", c.path+"&page_token="+url.QueryEscape(c.token), nil)
		r.problem(t, 400, "invalid_argument")
		if r.text("violations", 0, "field") != "page_token" || !strings.Contains(r.text("violations", 0, "message"), "start again without it") {
			t.Errorf("%s: the answer is %s", name, r.body)
		}
	}
	if got := len(w.asked("", "")); got != asked {
		t.Errorf("the vendor was asked %d times for bad tokens", got-asked)
	}
	// The page size alone may change.
	w.do("full", "GET", w.path("/tickets?page_size=7&page_token="+url.QueryEscape(token)), nil).want(t, 200)
}

// TestManyMistakes reports all of a request's mistakes at once, and not without
// end.
func TestManyMistakes(t *testing.T) {
	t.Parallel()
	w := start(t)
	r := w.do("full", "PATCH", w.path("/tickets/1"), `{"titel":"x","priority":{"level":"2"},"status":{"category":"new"}}`).problem(t, 400, "invalid_argument")
	if got := len(r.list("violations")); got != 3 {
		t.Errorf("three mistakes give %d violations: %s", got, r.body)
	}
	var body strings.Builder
	body.WriteString(`{"title":"x"`)
	for range 20_000 {
		body.WriteString(`,"a` + strings.Repeat("b", body.Len()%7) + `":1`)
	}
	body.WriteString("}")
	r = w.do("full", "PATCH", w.path("/tickets/1"), body.String()).problem(t, 400, "invalid_argument")
	if len(r.body) > 64<<10 {
		t.Errorf("a hostile body is answered with %d bytes", len(r.body))
	}
	r = w.do("full", "PATCH", "/tickets/10106", `{"custom_fields":{"2":"many","5":"Nope","99":1}}`).want(t, 400)
	if got := len(r.list("violations")); got != 3 {
		t.Errorf("three mistakes in custom fields give %d violations: %s", got, r.body)
	}
	r = w.do("full", "PATCH", "/tickets/10106", `{"title":" \t\n"}`).want(t, 400)
	if len(r.list("violations")) != 1 || r.text("violations", 0, "message") != "is blank" {
		t.Errorf("a blank title is answered %s", r.body)
	}
}
