package simulator

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/body"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// documentedPath cuts a path after the root of the API.
var documentedPath = regexp.MustCompile(`^/[^/]+/(?i:apis)/3\.0(/.*)$`)

// Undocumented implements simulator.Documented: the request's path and
// method, its query parameters and the members of its body are held against
// the vendor's documents. The discovery of the code base is described in prose
// alone (connectwise.md §1).
func (s *Simulator) Undocumented(r simulator.Request) []string {
	if strings.HasPrefix(strings.ToLower(r.Path), "/login/companyinfo/") {
		return nil
	}
	m := documentedPath.FindStringSubmatch(r.Path)
	if m == nil {
		return []string{r.Path + " is no path of the API"}
	}
	op, path, ok := schema.Find(r.Method, m[1])
	if !ok {
		return []string{fmt.Sprintf("there is no %s %s", r.Method, m[1])}
	}
	query, err := url.ParseQuery(r.Query)
	if err != nil {
		return []string{"the query: " + err.Error()}
	}
	var out []string
	for _, name := range op.Unknown(query) {
		out = append(out, fmt.Sprintf("%s %s has no query parameter %q", r.Method, path, name))
	}
	return append(out, undocumentedBody(op, r)...)
}

// undocumentedBody holds a JSON body against the operation's type.
func undocumentedBody(op schema.Operation, r simulator.Request) []string {
	if !strings.Contains(r.Header.Get("Content-Type"), "json") || r.Body == "" {
		return nil
	}
	switch {
	case op.Body == "":
		return []string{r.Method + " takes no body"}
	case r.Method == http.MethodPatch:
		return undocumentedPatch(op, r.Body)
	case !schema.Has(op.Body): // an array of records, which no other operation takes
		return nil
	}
	if _, err := body.Decode([]byte(r.Body), schema.Lookup(op.Body)); err != nil {
		return []string{err.Error()}
	}
	return nil
}

func undocumentedPatch(op schema.Operation, text string) []string {
	operations, err := body.Operations([]byte(text))
	if err != nil {
		return []string{err.Error()}
	}
	if !schema.Has(op.Answer) {
		return nil
	}
	var out []string
	for _, o := range operations {
		if !o.Names(schema.Lookup(op.Answer)) {
			out = append(out, fmt.Sprintf("%s has no %q", op.Answer, o.Path))
		}
	}
	return out
}
