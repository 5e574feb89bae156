package raw

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// checkedPath is a path that stays below the API's root, in the pieces that the
// server routes by.
type checkedPath struct {
	path     string   // as it is sent, without a slash at the front
	segments []string // in lower case: the server does not mind case (connectwise.md §1)
}

// is reports whether the path is this one.
func (p checkedPath) is(path string) bool { return strings.Join(p.segments, "/") == path }

// under reports whether the path is a pattern or something below it; * stands for
// any one segment.
func (p checkedPath) under(pattern string) bool {
	want := strings.Split(pattern, "/")
	if len(p.segments) < len(want) {
		return false
	}
	for n, w := range want {
		if w != "*" && w != p.segments[n] {
			return false
		}
	}
	return true
}

// reads reports whether a call only reads, by its method and path: every GET, and
// the queries that ConnectWise takes by POST (connectwise.md §4).
func (p checkedPath) reads(method string) bool {
	switch method {
	case http.MethodGet:
		return true
	case http.MethodPost:
		return p.segments[len(p.segments)-1] == "search" || p.is("system/bundles") || p.is("system/bundles/count")
	}
	return false
}

// checkPath judges a path from outside. It takes only what has one meaning to
// every server and proxy on the way: plain segments, no escapes, no dots that
// climb, nothing that is a query or a host.
func checkPath(path string) (checkedPath, error) {
	refuse := func(format string, args ...any) (checkedPath, error) {
		return checkedPath{}, fault.InvalidArgument("path", fmt.Sprintf(format, args...))
	}
	if at := strings.IndexFunc(path, func(r rune) bool { return !plain(r) }); at >= 0 {
		switch r := []rune(path[at:])[0]; r {
		case '?':
			return refuse("a path has no query: give it in `query`")
		case ':', '\\':
			return refuse("give the path below the API's root, such as /service/tickets/7, without a host")
		case '%':
			return refuse("a path has no %% escapes: ConnectWise's paths need none")
		default:
			return refuse("a path has no %q: its segments are letters, digits and - _ . ~ @ +", r)
		}
	}
	sent := strings.TrimPrefix(path, "/")
	if strings.Trim(sent, "/") == "" {
		return refuse("give a path below the API's root, such as /service/tickets/7")
	}
	p := checkedPath{path: sent, segments: strings.Split(strings.ToLower(strings.TrimSuffix(sent, "/")), "/")}
	for n, s := range p.segments {
		switch {
		case s == "":
			return refuse("a path has no empty segment")
		case strings.Trim(s, ".") == "":
			return refuse("a path does not climb: it has no segment %q", s)
		case strings.HasSuffix(s, "."):
			return refuse("a segment does not end with a dot, which some servers take away: %q", s)
		case s == "apis" && slices.Contains(p.segments[n+1:], "3.0"):
			return refuse("the path is below the API's root: leave out what comes before and with apis/3.0")
		}
	}
	return p, nil
}

// plain reports whether a rune can be in a path. The slash divides segments; the
// others mean themselves in a path, unescaped, to whoever reads it.
func plain(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune("/-_.~@+", r)
}
