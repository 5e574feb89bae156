package vendorhttp

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/hashicorp/go-hclog"
)

// Defaults of Options.
const (
	DefaultMaxConcurrent = 4
	DefaultTryTimeout    = 30 * time.Second
	DefaultTimeout       = time.Minute
	DefaultMaxBody       = 32 << 20
)

// Options are a vendor's facts. Name and BaseURL are required.
type Options struct {
	// Name is the connector's, for the User-Agent "deskgate-connector/<name>".
	Name string
	// BaseURL is the root that relative paths are appended to, with or without
	// a trailing slash. Plain http is accepted for loopback only, because
	// credentials would cross the network readable.
	BaseURL string
	// Origins are further origins that requests may go to, such as that of a
	// token endpoint. That of BaseURL is always one.
	Origins []string

	// Auth adds the credentials to one try of a request. It may call the client
	// for a token, with Request.NoAuth and Request.Safe, so that dry runs log in
	// too. A *fault.Error that it returns reaches the caller.
	Auth func(*http.Request) error
	// Header is sent with every request.
	Header http.Header
	// Secrets are removed from everything logged, recorded or said. Values that
	// come later, such as tokens, are added with Client.Redactor. What Auth puts
	// into headers is known without being listed.
	Secrets []string

	// RateLimit is the connection's setting: "vendor" (or empty), "off" or
	// "<n>/<unit>". See ParseRateLimit.
	RateLimit string
	// VendorRate is what RateLimit "vendor" means.
	VendorRate Rate
	// MaxConcurrent is how many requests run at once.
	MaxConcurrent int
	// LimitedNotApplied says that the vendor never applies a request that it
	// answers with 429, so that such a write is known to be unwritten. It is not
	// sent again all the same: its first byte has left.
	LimitedNotApplied bool

	// TryTimeout bounds one try: connecting, sending and reading the answer.
	TryTimeout time.Duration
	// Timeout bounds a request with all its tries, if the caller set no deadline.
	Timeout time.Duration
	// MaxBody is the largest answer in bytes, after decompression.
	MaxBody int64

	// ErrorDecoder translates an answer of status 400 and above. It returns nil
	// for what it does not know. Codes other than vendor_error and rate_limited
	// are the vendor's verdict: final, and nothing was written, whatever the
	// status. The client adds Vendor if it is missing.
	ErrorDecoder func(status int, header http.Header, body []byte) *fault.Error

	// Logger gets one line per try. Nil logs nothing.
	Logger hclog.Logger
	// Transport replaces the network, for tests.
	Transport http.RoundTripper
}

var connectorName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// check fills the defaults and returns the base URL, the bound origins and the
// rate. The error joins everything that is wrong.
func (o *Options) check() (base *url.URL, bound origins, pace Rate, err error) {
	var errs []error
	if !connectorName.MatchString(o.Name) {
		errs = append(errs, fmt.Errorf("name %q: want lower-case letters, digits and dashes, at most 63", o.Name))
	}
	bound = origins{}
	base, err = bound.add(o.BaseURL)
	if err != nil {
		errs = append(errs, fmt.Errorf("base URL: %w", err))
	} else if base.RawQuery != "" {
		errs = append(errs, errors.New("base URL: it must not have a query"))
	}
	loopback := err == nil && isLoopback(base)
	for _, text := range o.Origins {
		u, err := bound.add(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("origin: %w", err))
			continue
		}
		loopback = loopback && isLoopback(u)
	}
	pace, err = ParseRateLimit(o.RateLimit, o.VendorRate, loopback)
	if err != nil {
		errs = append(errs, err)
	}
	for _, d := range []struct {
		name  string
		value int64
	}{
		{"max concurrent", int64(o.MaxConcurrent)}, {"try timeout", int64(o.TryTimeout)},
		{"timeout", int64(o.Timeout)}, {"max body", o.MaxBody},
	} {
		if d.value < 0 {
			errs = append(errs, fmt.Errorf("%s: it must not be negative", d.name))
		}
	}
	if o.MaxConcurrent == 0 {
		o.MaxConcurrent = DefaultMaxConcurrent
	}
	if o.TryTimeout == 0 {
		o.TryTimeout = DefaultTryTimeout
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MaxBody == 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.Logger == nil {
		o.Logger = hclog.NewNullLogger()
	}
	if o.Transport == nil {
		o.Transport = newTransport(o.MaxConcurrent)
	}
	return base, bound, pace, errors.Join(errs...)
}

// newTransport is net/http's own for HTTP/1.1 (the package comment says why),
// and with less patience: a connection that was idle for long is often already
// closed by the vendor's load balancer, and a write on it would end as
// outcome_unknown.
func newTransport(concurrent int) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     30 * time.Second,
		MaxIdleConnsPerHost: concurrent,
		Protocols:           protocols,
	}
}
