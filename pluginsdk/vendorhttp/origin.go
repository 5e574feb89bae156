package vendorhttp

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// origins is the set of origins (scheme://host:port) that requests may go to.
type origins map[string]bool

// add binds the origin of an absolute URL and returns the URL.
func (o origins) add(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s is not a URL", quoteURL(text))
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, fmt.Errorf("%s: want an absolute URL such as https://psa.example", quoteURL(text))
	}
	if u.User != nil {
		return nil, errors.New("it must not hold a user name or password")
	}
	if u.Scheme == "http" && !isLoopback(u) {
		return nil, fmt.Errorf("%s: plain http would send the credentials readable; use https", quoteURL(text))
	}
	o[originOf(u)] = true
	return u, nil
}

// has reports whether u may be requested. A URL with a user in it may not,
// because net/http would turn it into credentials.
func (o origins) has(u *url.URL) bool {
	return u.User == nil && o[originOf(u)]
}

func (o origins) String() string {
	list := make([]string, 0, len(o))
	for origin := range o {
		list = append(list, origin)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// originOf returns scheme://host:port, the host in lower case and the port
// always there, so that equal origins are equal strings.
func originOf(u *url.URL) string {
	scheme, port := strings.ToLower(u.Scheme), u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[scheme]
	}
	return scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// IsLoopback reports whether an address is one of this machine's own, and no PSA's.
func IsLoopback(address string) bool {
	u, err := url.Parse(address)
	return err == nil && isLoopback(u)
}

func isLoopback(u *url.URL) bool {
	host := u.Hostname()
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// quoteURL quotes a URL without what may be secret in it.
func quoteURL(text string) string {
	if u, err := url.Parse(text); err == nil {
		u.User, u.RawQuery, u.Fragment = nil, "", ""
		text = u.String()
	} else if i := strings.LastIndexByte(text, '@'); i >= 0 {
		text = text[i+1:]
	}
	if len(text) > 120 {
		text = strings.ToValidUTF8(text[:120], "") + "..."
	}
	return fmt.Sprintf("%q", text)
}
