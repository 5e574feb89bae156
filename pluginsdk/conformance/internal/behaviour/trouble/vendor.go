package trouble

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// vendor is the simulated PSA as a check sees it: what it was asked, what it holds
// and what is to go wrong there. Its methods are for the goroutine of the check.
type vendor struct{ t *suite.T }

// sure ends the check when the simulator could not be driven: nothing is known.
func (v vendor) sure(err error) {
	if err != nil {
		v.t.NotRun("%s", err)
	}
}

// forget empties the log of requests.
func (v vendor) forget() { v.sure(v.t.Simulator.Forget(v.t.Context())) }

// log is what the PSA was asked since it was last forgotten.
func (v vendor) log() []simulated.Request {
	list, err := v.t.Simulator.Log(v.t.Context())
	v.sure(err)
	return list
}

// place puts a fault on requests.
func (v vendor) place(f simulated.Fault) *simulated.Placed {
	p, err := v.t.Simulator.Place(v.t.Context(), f)
	v.sure(err)
	return p
}

func (v vendor) lift(p *simulated.Placed) { v.sure(p.Lift(v.t.Context())) }

// begun are the requests that a fault was put on.
func (v vendor) begun(p *simulated.Placed) int {
	n, err := p.Hit(v.t.Context())
	v.sure(err)
	return n
}

// hit waits until a fault was put on a request, at most until done, and tells
// whether it was.
func (v vendor) hit(p *simulated.Placed, done <-chan struct{}) bool {
	for v.begun(p) == 0 {
		select {
		case <-done:
			return v.begun(p) > 0
		case <-time.After(5 * time.Millisecond):
		}
	}
	return true
}

// letsGo waits until as many requests with a fault have ended as were begun, and
// tells whether they did in time. The PSA logs a request at its end.
func (v vendor) letsGo(begun int, in time.Duration) bool {
	for end := time.Now().Add(in); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		ended := slices.DeleteFunc(v.log(), func(r simulated.Request) bool { return r.Fault == "" })
		if len(ended) >= begun {
			return true
		}
	}
	return false
}

// holds is all that the PSA holds, where its simulator tells; nil where not.
func (v vendor) holds() map[string]string {
	if !v.t.Simulator.Has[simulated.State] {
		return nil
	}
	all, err := v.t.Simulator.Everything(v.t.Context())
	v.sure(err)
	return all
}

// unchanged says what of the PSA is no more as it was.
func (v vendor) unchanged(before map[string]string, what string) {
	if before == nil {
		v.t.Logf("the simulator does not tell what it holds: that %s changes nothing was judged by the methods of its requests alone", what)
		return
	}
	now := v.holds()
	for name, held := range before {
		if now[name] != held {
			v.t.Errorf("%s changes what the PSA holds of %s", what, name)
		}
	}
}

// onlyRead says which requests of a log could have changed something by their
// method. POST is left out: some PSAs are queried and logged in to by it.
func (v vendor) onlyRead(log []simulated.Request, what string) {
	for _, r := range log {
		if !r.Reads() && r.Method != "POST" {
			v.t.Errorf("%s sends %s %s", what, r.Method, r.Path)
		}
	}
}

// route is a request of a write, as a dry run tells it: a method, and the end of a
// path.
type route struct {
	method string
	path   *regexp.Regexp
	// pattern is the path for a fault.
	pattern string
}

// placeholder stands in a planned path for the id of what an earlier request makes.
var placeholder = regexp.MustCompile(`\$\{[^}]*\}`)

// routeOf is the route of a planned request.
func routeOf(planned *psav1.VendorRequest) route {
	path, _, _ := strings.Cut(planned.GetPath(), "?")
	path = "/" + strings.TrimLeft(path, "/")
	parts := placeholder.Split(path, -1)
	quoted := make([]string, len(parts))
	for n, part := range parts {
		quoted[n] = regexp.QuoteMeta(part)
	}
	return route{
		method: planned.GetMethod(), pattern: "*" + strings.Join(parts, "*"),
		path: regexp.MustCompile("(?i)" + strings.Join(quoted, ".*") + "$"),
	}
}

func (r route) matches(q simulated.Request) bool {
	return strings.EqualFold(q.Method, r.method) && r.path.MatchString(q.Path)
}

// of are the requests of a log that take the route.
func (r route) of(log []simulated.Request) []simulated.Request {
	return slices.DeleteFunc(slices.Clone(log), func(q simulated.Request) bool { return !r.matches(q) })
}

// on puts a fault on the requests that take the route.
func (r route) on(f simulated.Fault) simulated.Fault {
	f.Match = simulated.Match{Method: r.method, Path: r.pattern}
	return f
}

// text is a body that is a plain text.
func text(s string) json.RawMessage {
	body, err := json.Marshal(s)
	if err != nil { // a text always can be
		panic(fmt.Sprintf("%q is no text: %v", s, err))
	}
	return body
}

// tries are how often the same request is in a log.
func tries(log []simulated.Request) map[string]int {
	seen := map[string]int{}
	for _, r := range log {
		seen[r.Method+" "+r.Path+"?"+r.Query+" "+r.Body]++
	}
	return seen
}
