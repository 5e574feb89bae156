// Package connector serves the neutral API over one ConnectWise: it implements
// the capability services on the vendor client, the setup tables and the mapping.
package connector

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// uiHost is a cloud host of the user interface, which refuses API calls
// (connectwise.md §1).
var uiHost = regexp.MustCompile(`^(na|eu|au|za|staging|sandbox)\.myconnectwise\.net$`)

// checkSite returns the site as the client takes it, without a path.
func checkSite(site string) (string, error) {
	u, err := url.Parse(site)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return "", fault.InvalidArgument("site", fmt.Sprintf("site %q is not an address such as https://api-na.myconnectwise.net", site))
	case uiHost.MatchString(strings.ToLower(u.Hostname())):
		return "", fault.InvalidArgument("site", fmt.Sprintf("%s is the address of the user interface; the API is at https://api-%s", u.Host, strings.ToLower(u.Hostname())))
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil:
		return "", fault.InvalidArgument("site", fmt.Sprintf("site is the server alone: https://%s", u.Host))
	}
	return u.Scheme + "://" + u.Host, nil
}

// pageURL is what the address of a ticket's page begins with (connectwise.md §14).
func pageURL(site, codeBase string) string {
	u, err := url.Parse(site)
	if err != nil {
		return ""
	}
	u.Host = strings.TrimPrefix(u.Host, "api-")
	return u.String() + "/" + codeBase + "/services/system_io/Service/fv_sr100_request.rails?service_recid="
}

// Config is what a connection's block holds.
type Config struct {
	Site       string
	Company    string
	PublicKey  string
	PrivateKey string
	ClientID   string
	Version    string

	AgentResource    string
	RateLimit        string
	StatusCategories map[string]string
	PriorityLevels   map[string]string
	Defaults         struct {
		Ticket struct{ Queue, Status, Priority, Source string }
	}
}
