package api

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// ErrUnknownCompany says that the server knows no company of that id.
var ErrUnknownCompany = errors.New("api: unknown company")

// CompanyInfo is what a server tells about a company before any login
// (connectwise.md §1).
type CompanyInfo struct {
	CompanyName   string
	Codebase      string
	VersionCode   string
	VersionNumber string
	CompanyID     string
	SiteURL       string `json:"SiteUrl"`
}

// Discover asks which code base the company is on and sends requests there from
// now on. Servers that do not answer this question are used by the alias that
// works on all of them; the error then is nil and the answer empty.
func (c *Client) Discover(ctx context.Context) (CompanyInfo, error) {
	var info CompanyInfo
	resp, err := c.http.Do(ctx, vendorhttp.Request{
		Name:   "find the code base",
		Path:   "login/companyinfo/" + url.PathEscape(c.company),
		NoAuth: true,
		Into:   &info,
	})
	switch {
	case fault.CodeOf(err) == fault.CodeNotFound, errors.Is(err, errMisrouted):
		// Unknown companies are sometimes 404, and so is the whole page on some
		// own servers: the login will tell.
		c.UseCodeBase(fallbackCodeBase)
		return CompanyInfo{}, nil
	case err != nil:
		return CompanyInfo{}, err
	case info.Codebase == "" && info.CompanyID == "" && info.CompanyName == "":
		e := fault.New(fault.CodeConnectionDown, fmt.Sprintf("ConnectWise knows no company %q; it is the id that technicians type into the login page", c.company))
		return CompanyInfo{}, e.WithVendor(resp.Status, "", "null").WithCause(ErrUnknownCompany)
	}
	base, err := trimSlashes(info.Codebase)
	if err != nil {
		return CompanyInfo{}, fault.VendorError(err.Error())
	}
	c.UseCodeBase(base)
	return info, nil
}

// UseCodeBase sends requests to a code base from now on, without slashes.
func (c *Client) UseCodeBase(codeBase string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.codeBase = codeBase
}

// SystemInfo is the server's version.
type SystemInfo struct {
	Version        string `json:"version"`
	IsCloud        any    `json:"isCloud"` // seen as a boolean and as "True"
	ServerTimeZone string `json:"serverTimeZone"`
}

// SystemInfo reads the server's version.
func (c *Client) SystemInfo(ctx context.Context) (SystemInfo, error) {
	var info SystemInfo
	err := c.Get(ctx, "system/info", Query{}, &info)
	return info, err
}
