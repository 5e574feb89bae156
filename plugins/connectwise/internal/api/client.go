// Package api speaks the REST API of ConnectWise PSA: its paths, its query
// language, its records and its errors. It knows nothing of the neutral model.
package api

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// DefaultVersion is the API version that requests ask for: members come and go
// with versions (connectwise.md §1, §15).
const DefaultVersion = "2025.16"

// fallbackCodeBase is an alias of the current code base on every server
// (connectwise.md §1).
const fallbackCodeBase = "v4_6_release"

// rediscoverEvery bounds how often a misrouted request looks for the code base.
const rediscoverEvery = time.Minute

// Options are what a connection's configuration says.
type Options struct {
	Site       string // https://api-na.myconnectwise.net, or an own server
	Company    string // the login company's id
	PublicKey  string
	PrivateKey string
	ClientID   string
	Version    string // empty means DefaultVersion
	RateLimit  string
	Logger     hclog.Logger
	Transport  http.RoundTripper // replaces the network, for tests
}

// Client speaks to one company's ConnectWise. It is safe for use by several
// goroutines.
type Client struct {
	http    *vendorhttp.Client
	company string

	mu       sync.Mutex
	codeBase string
	looked   time.Time // when a misrouted request last looked for the code base
}

// New returns a client; it makes no request.
func New(o Options) (*Client, error) {
	version := o.Version
	if version == "" {
		version = DefaultVersion
	}
	credential := base64.StdEncoding.EncodeToString([]byte(o.Company + "+" + o.PublicKey + ":" + o.PrivateKey))
	hc, err := vendorhttp.New(vendorhttp.Options{
		Name:    "connectwise",
		BaseURL: o.Site,
		Auth: func(r *http.Request) error {
			r.Header.Set("Authorization", "Basic "+credential)
			r.Header.Set("clientId", o.ClientID)
			return nil
		},
		Header:    http.Header{"Accept": {"application/vnd.connectwise.com+json; version=" + version}},
		Secrets:   []string{o.PrivateKey, o.PublicKey, o.ClientID, credential},
		RateLimit: o.RateLimit,
		// About 1,000 requests a minute; 12 parallel readers trip the limit and 4
		// do not (connectwise.md §3).
		VendorRate:        vendorhttp.Rate{Requests: 1000, Per: time.Minute},
		MaxConcurrent:     4,
		LimitedNotApplied: true,
		ErrorDecoder:      decodeError,
		Logger:            o.Logger,
		Transport:         o.Transport,
	})
	if err != nil {
		return nil, err
	}
	return &Client{http: hc, company: o.Company, codeBase: fallbackCodeBase}, nil
}

// Close ends the idle connections.
func (c *Client) Close() { c.http.Close() }

// Do sends a request whose path is relative to the API root, such as
// "service/tickets/7". A request that the server could not route is sent once
// more if the code base has moved: the server did nothing with the first.
func (c *Client) Do(ctx context.Context, req vendorhttp.Request) (*vendorhttp.Response, error) {
	path, root := req.Path, c.Root()
	req.Path = root + path
	resp, err := c.http.Do(ctx, req)
	// An upload was read by the first: there is nothing to send a second time.
	if !errors.Is(err, errMisrouted) || req.Upload != nil || !c.moved(ctx, root) {
		return resp, err
	}
	req.Path = c.Root() + path
	return c.http.Do(ctx, req)
}

// Get reads a path into a value.
func (c *Client) Get(ctx context.Context, path string, q Query, into any) error {
	_, err := c.Do(ctx, vendorhttp.Request{Path: path, Query: q.values(), Header: q.header(), Into: into})
	return err
}

// VendorTime is what the server's clock shows at a time of ours, to about a
// second.
func (c *Client) VendorTime(t time.Time) time.Time { return c.http.VendorTime(t) }

// Root is the path of the API below the site, with a slash at its end:
// "v2025_1/apis/3.0/".
func (c *Client) Root() string { return c.CodeBase() + "/apis/3.0/" }

// CodeBase is the code base that requests go to, without slashes.
func (c *Client) CodeBase() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.codeBase
}

// moved looks for the code base again and reports whether it differs from the
// one in this root. It asks at most once a minute.
func (c *Client) moved(ctx context.Context, root string) bool {
	if c.Root() != root {
		return true // another request has found it
	}
	c.mu.Lock()
	due := time.Since(c.looked) >= rediscoverEvery
	if due {
		c.looked = time.Now()
	}
	c.mu.Unlock()
	if !due {
		return false
	}
	if _, err := c.Discover(ctx); err != nil {
		return false
	}
	return c.Root() != root
}

// trimSlashes returns a code base as Root wants it, or an error for what could
// turn a path into another.
func trimSlashes(codeBase string) (string, error) {
	s := strings.Trim(codeBase, "/")
	for _, r := range s {
		if r != '_' && r != '.' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return "", fmt.Errorf("the server names the code base %q, which is no path segment", codeBase)
		}
	}
	if s == "" || s == "." || s == ".." {
		return "", fmt.Errorf("the server names the code base %q", codeBase)
	}
	return s, nil
}
