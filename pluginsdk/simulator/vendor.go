// Package simulator is what every vendor's simulator shares: it serves a
// [Vendor] over HTTP and adds the admin paths under /_sim/ (reset, request
// log, faults, outbox, acting as a technician, clock, state), a clock that
// tests move by hand, and the command line.
//
// A simulator stands in for a vendor that cannot be reached from a laptop or
// from CI. It behaves as the vendor's documents say and refuses what the
// vendor refuses.
package simulator

import (
	"fmt"
	"net/http"
	"time"
)

// Vendor is one vendor's simulated service. Its ServeHTTP is the vendor's own
// API; it is called from many goroutines at once, also during Reset.
type Vendor interface {
	http.Handler

	// Describe names the vendor. It is asked once.
	Describe() Description

	// Reset throws the whole state away and builds it anew from the setup.
	// One setup gives one state, to the byte.
	Reset(Setup) error

	// ErrorAnswer is the vendor's own answer for an HTTP status, in its own
	// words: the body of a status fault that names none. False when the
	// vendor's words for it are not known.
	ErrorAnswer(status int) (Answer, bool)

	// CheckRight refuses the name of a right that the vendor does not have.
	// A revoke_right fault names rights in the form that the vendor chooses.
	CheckRight(right string) error

	// Act returns the request as one that the named user makes, already
	// signed in. The path may be given without the vendor's own prefix.
	Act(as string, r *http.Request) (*http.Request, error)

	// Outbox lists the mails that the tenant's rules would have sent.
	Outbox() []Mail

	// Collections names what State knows.
	Collections() []string

	// State returns a collection as the vendor stores it, for tests to
	// compare with; false when there is no such collection. The result is
	// encoded as JSON.
	State(collection string) (any, bool)
}

// Keyed is a [Vendor] that finds a record of a collection by its id, so that a test
// which looks at one need not be sent all.
type Keyed interface {
	Vendor

	// StateOf returns those of the records of State that have an id: one or none.
	StateOf(collection, id string) (any, bool)
}

// Administered is a [Vendor] with admin paths beside those that every
// simulator has, for what happens at this vendor alone.
type Administered interface {
	Vendor

	// Administer adds them, such as "POST /_sim/upgrade". It is called once.
	Administer(*http.ServeMux)
}

// Documented is a [Vendor] that knows the vendor's documents of the API, and
// can hold a caller's requests against them. What is undocumented may well be
// answered: servers ignore a parameter that they do not know.
type Documented interface {
	Vendor

	// Undocumented says what of a logged request the documents do not have,
	// for people. It is asked when the log is read.
	Undocumented(Request) []string
}

// Description names a vendor's simulator.
type Description struct {
	// Name of the product, for people.
	Name string
	// Port is the default port on 127.0.0.1; HTTPS is served on Port + 100.
	Port int
	// SecretHeaders are request headers, beside Authorization and Cookie,
	// whose values the request log must not show.
	SecretHeaders []string
}

// Limits says whether the vendor's rate limits hold.
type Limits string

// The values of Limits.
const (
	LimitsVendor Limits = "vendor"
	LimitsOff    Limits = "off"
)

// Setup is what a vendor's state is built from.
type Setup struct {
	Seed   uint64
	Limits Limits
	// Speed divides the vendor's own delays (windows of rate limits, waits
	// before a retry); 1 is the vendor's pace.
	Speed float64
	// Clock tells the simulated time; the vendor asks nothing else for it.
	Clock *Clock
}

// Delay divides one of the vendor's own delays by the speed.
func (s Setup) Delay(d time.Duration) time.Duration {
	if s.Speed <= 0 {
		return d
	}
	return time.Duration(float64(d) / s.Speed)
}

// Answer is a complete HTTP answer.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Mail is a mail that the tenant's rules would have sent.
type Mail struct {
	Time    time.Time `json:"time"`
	To      []string  `json:"to"`
	CC      []string  `json:"cc,omitempty"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	// Ticket is the id of the ticket that it is about.
	Ticket string `json:"ticket,omitempty"`
	// Reason names the rule that sent it: "contact", "resource", "cc".
	Reason string `json:"reason"`
}

// Options are the settings that a simulator starts with and goes back to on
// a reset that names no others.
type Options struct {
	// Seed of the data; 0 is a seed like any other.
	Seed uint64
	// Limits defaults to LimitsVendor.
	Limits Limits
	// Speed defaults to 1.
	Speed float64
	// Start is the simulated time at the start and after each reset; the
	// zero time stands for the present, truncated to the second. The data
	// reaches back from it, so one seed and one start give one state.
	Start time.Time
}

func (o Options) withDefaults() Options {
	if o.Limits == "" {
		o.Limits = LimitsVendor
	}
	if o.Speed == 0 {
		o.Speed = 1
	}
	return o
}

func (o Options) check() error {
	if o.Limits != LimitsVendor && o.Limits != LimitsOff {
		return fmt.Errorf("limits is %q; allowed are %q and %q", o.Limits, LimitsVendor, LimitsOff)
	}
	if o.Speed <= 0 {
		return fmt.Errorf("speed is %v; it must be above 0", o.Speed)
	}
	return nil
}
