package vendorhttp

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// redacted is what stands in place of a secret.
const redacted = "REDACTED"

// minSecret is the length from which a value is looked for: shorter ones would
// tear holes into ordinary words, and are no secrets.
const minSecret = 4

// sensitiveName matches names of headers and query parameters whose values are
// never shown.
var sensitiveName = regexp.MustCompile(`(?i)authori|authent|(^|[-_])auth($|[-_])|cookie|token|secret|passw|passphrase|credential|signature|session|(^|[-_.])(pwd|sig|key)$|(api|access|private|public|client|subscription)[-_]?key`)

// Redactor removes secrets from text. It is safe for use by several goroutines.
type Redactor struct {
	mu       sync.RWMutex
	forms    map[string]bool
	replacer *strings.Replacer
}

// NewRedactor returns a redactor that removes these values.
func NewRedactor(secrets ...string) *Redactor {
	r := &Redactor{forms: map[string]bool{}, replacer: strings.NewReplacer()}
	r.Add(secrets...)
	return r
}

// Add removes further values from now on, such as a token just received, in
// the forms in which requests and errors carry them: plain, escaped for a URL
// or JSON, and in base64. Values shorter than four bytes are ignored.
func (r *Redactor) Add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := len(r.forms)
	for _, s := range secrets {
		if len(s) < minSecret || r.forms[s] {
			continue
		}
		quoted, _ := json.Marshal(s) // a string always marshals
		for _, form := range []string{
			s, url.QueryEscape(s), url.PathEscape(s), string(quoted[1 : len(quoted)-1]),
			base64.StdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(s)),
		} {
			r.forms[form] = true
		}
	}
	if len(r.forms) == before {
		return
	}
	// At one position the replacer takes the first that matches, so a secret
	// that begins with another one must come before it.
	forms := make([]string, 0, len(r.forms))
	for f := range r.forms {
		forms = append(forms, f)
	}
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(forms))
	for _, f := range forms {
		pairs = append(pairs, f, redacted)
	}
	r.replacer = strings.NewReplacer(pairs...)
}

// sent returns s without the secrets and without what the sensitive headers and
// query parameters of this request held: some vendors echo a request in their
// error. The values are not kept, because a login may make new ones for each
// request.
func (r *Redactor) sent(s string, req *http.Request) string {
	remove := func(v string) {
		if len(v) >= minSecret {
			s = strings.ReplaceAll(s, v, redacted)
		}
	}
	for name, values := range req.Header {
		if !sensitiveName.MatchString(name) {
			continue
		}
		for _, v := range values {
			if _, credential, ok := strings.Cut(v, " "); ok && len(credential) >= minSecret {
				v = credential // the scheme, such as "Basic", is no secret
			}
			remove(v)
		}
	}
	for name, values := range req.URL.Query() {
		if !sensitiveName.MatchString(name) {
			continue
		}
		for _, v := range values {
			remove(v)
			remove(url.QueryEscape(v))
		}
	}
	return r.String(s)
}

// String returns s without the secrets.
func (r *Redactor) String(s string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.replacer.Replace(s)
}

// Bytes returns a copy of b without the secrets.
func (r *Redactor) Bytes(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return []byte(r.String(string(b)))
}

// Header returns a copy of h without the secrets and without the values of
// headers that carry credentials by their name.
func (r *Redactor) Header(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		for _, v := range values {
			if sensitiveName.MatchString(name) {
				v = redacted
			}
			out[name] = append(out[name], r.String(v))
		}
	}
	return out
}

// URL returns u as text without the secrets, without a user and without the
// values of query parameters that carry credentials by their name.
func (r *Redactor) URL(u *url.URL) string {
	shown := *u
	shown.User = nil
	shown.RawQuery = redactQuery(u.RawQuery)
	return r.String(shown.String())
}

// redactQuery keeps the order and the writing of the parameters.
func redactQuery(raw string) string {
	if raw == "" {
		return ""
	}
	params := strings.Split(raw, "&")
	for i, param := range params {
		escaped, _, ok := strings.Cut(param, "=")
		name, err := url.QueryUnescape(escaped)
		if ok && (err != nil || sensitiveName.MatchString(name)) {
			params[i] = escaped + "=" + redacted
		}
	}
	return strings.Join(params, "&")
}
