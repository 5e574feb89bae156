package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// FaultKind names what goes wrong with a request.
type FaultKind string

// The faults that can be put on vendor requests.
const (
	FaultStatus            FaultKind = "status"             // answer a status without doing anything
	FaultStatusAfter       FaultKind = "status_after"       // do it, then answer a status
	FaultSlow              FaultKind = "slow"               // do it and answer after delay_ms
	FaultSlowAfter         FaultKind = "slow_after"         // do it, then answer after delay_ms
	FaultDropBefore        FaultKind = "drop_before"        // close the connection, nothing done
	FaultDropAfter         FaultKind = "drop_after"         // do it, then close the connection
	FaultTruncate          FaultKind = "truncate"           // do it, then answer half the body
	FaultHTML              FaultKind = "html"               // answer a web page
	FaultRedirectElsewhere FaultKind = "redirect_elsewhere" // redirect to another origin
	FaultForeignNextLink   FaultKind = "foreign_next_link"  // do it, with a next link to another origin
	FaultExpireAuth        FaultKind = "expire_auth"        // the credentials have expired
	FaultRevokeRight       FaultKind = "revoke_right"       // the user lost a right
	foreignOrigin                    = "https://elsewhere.example"
)

var faultKinds = []FaultKind{
	FaultStatus, FaultStatusAfter, FaultSlow, FaultSlowAfter, FaultDropBefore, FaultDropAfter, FaultTruncate, FaultHTML,
	FaultRedirectElsewhere, FaultForeignNextLink, FaultExpireAuth, FaultRevokeRight,
}

// Match says which requests a fault is put on.
type Match struct {
	// Method is any when empty.
	Method string `json:"method,omitempty"`
	// Path is a pattern of the whole path in which * stands for any run of
	// characters; upper and lower case are the same. Any when empty.
	Path string `json:"path,omitempty"`
}

// Fault is a body of POST /_sim/faults.
type Fault struct {
	// ID is given by the simulator, for DELETE /_sim/faults?id=.
	ID    int       `json:"id"`
	Match Match     `json:"match"`
	Fault FaultKind `json:"fault"`
	// Times is how many requests it is put on; 0 is all until it is deleted.
	Times int `json:"times,omitempty"`
	// After is how many matching requests pass before it starts.
	After int `json:"after,omitempty"`
	// Status of a status, status_after, html or redirect_elsewhere fault.
	Status int `json:"status,omitempty"`
	// Body of a status, status_after or html fault: a JSON string is sent as
	// its text, any other JSON as it stands. Without one the vendor's own words
	// are answered.
	Body json.RawMessage `json:"body,omitempty"`
	// Headers are set on the faulty answer; an empty value takes one away.
	Headers map[string]string `json:"headers,omitempty"`
	// DelayMS is how long the answer waits, in real milliseconds.
	DelayMS int `json:"delay_ms,omitempty"`
	// Origin is where redirect_elsewhere and foreign_next_link point to.
	Origin string `json:"origin,omitempty"`
	// Right is the one that revoke_right takes away, in the vendor's form.
	Right string `json:"right,omitempty"`
	// Seen and Hit count the matching requests and those it was put on.
	Seen int `json:"seen"`
	Hit  int `json:"hit"`

	path *regexp.Regexp
}

// prepare checks a fault and fills in what it leaves open.
func (f *Fault) prepare(v Vendor) error {
	switch {
	case strings.HasPrefix(string(f.Fault), "webhook_"):
		return fmt.Errorf("fault %q is not served by this simulator yet; allowed are %s", f.Fault, joined(faultKinds))
	case !slices.Contains(faultKinds, f.Fault):
		return fmt.Errorf("fault is %q; allowed are %s", f.Fault, joined(faultKinds))
	case f.Times < 0 || f.After < 0 || f.DelayMS < 0:
		return fmt.Errorf("times, after and delay_ms must not be negative")
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status is %d; allowed are 200 to 599", f.Status)
	case (f.Fault == FaultStatus || f.Fault == FaultStatusAfter) && f.Status == 0:
		return fmt.Errorf("a %s fault needs a status", f.Fault)
	case (f.Fault == FaultSlow || f.Fault == FaultSlowAfter) && f.DelayMS == 0:
		return fmt.Errorf("a %s fault needs delay_ms", f.Fault)
	case f.Fault == FaultRevokeRight && f.Right == "":
		return fmt.Errorf("a revoke_right fault needs a right")
	}
	if f.Right != "" {
		if err := v.CheckRight(f.Right); err != nil {
			return err
		}
	}
	if f.Origin == "" {
		f.Origin = foreignOrigin
	}
	if f.Match.Path != "" {
		parts := strings.Split(f.Match.Path, "*")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		f.path = regexp.MustCompile("(?is)^" + strings.Join(parts, ".*") + "$")
	}
	return nil
}

func (f *Fault) matches(r *http.Request) bool {
	if f.Match.Method != "" && !strings.EqualFold(f.Match.Method, r.Method) {
		return false
	}
	return f.path == nil || f.path.MatchString(r.URL.Path)
}

func joined(kinds []FaultKind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

// faultList is the faults that are set, in the order they were set.
type faultList struct {
	mu     sync.Mutex
	faults []*Fault
	lastID int
}

func (l *faultList) add(f *Fault) Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lastID++
	f.ID, f.Seen, f.Hit = l.lastID, 0, 0
	l.faults = append(l.faults, f)
	return *f
}

// take returns the faults that are to be put on a request, and counts it.
func (l *faultList) take(r *http.Request) []Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	var taken []Fault
	for _, f := range l.faults {
		if !f.matches(r) {
			continue
		}
		f.Seen++
		if f.Seen <= f.After || f.Times > 0 && f.Hit >= f.Times {
			continue
		}
		f.Hit++
		taken = append(taken, *f)
	}
	return taken
}

func (l *faultList) list() []Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Fault, len(l.faults))
	for i, f := range l.faults {
		out[i] = *f
	}
	return out
}

// remove takes one fault away, or all of them with id 0.
func (l *faultList) remove(id int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if id == 0 {
		l.faults = nil
		return true
	}
	n := len(l.faults)
	l.faults = slices.DeleteFunc(l.faults, func(f *Fault) bool { return f.ID == id })
	return len(l.faults) < n
}
