package account

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/schema"
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
	pluginsdk.CommonConfig

	Site                  schema.URL `hcl:"site,required" doc:"The address of the API: https://api-na.myconnectwise.net (or api-eu, api-au, api-za), or that of your own server."`
	Company               string     `hcl:"company,required" doc:"The company id that technicians type into the login page."`
	PublicKey             string     `hcl:"public_key,required" doc:"The public key of the API member."`
	PrivateKey            string     `hcl:"private_key,required" secret:"true" doc:"The private key of the API member."`
	ClientID              string     `hcl:"client_id,required" doc:"The client id of this integration, from the ConnectWise developer site."`
	IncludeProjectTickets bool       `hcl:"include_project_tickets" default:"true" doc:"Whether tickets of projects are served beside those of the service desk. Without the right to read them, set it to false."`
	Version               string     `hcl:"version" default:"2025.16" doc:"The version of the API to ask for. ConnectWise serves a version for a year or so."`
}

// Validate says what is wrong with the configuration beyond its types.
func (c Config) Validate() []fault.Violation {
	var wrong []fault.Violation
	add := func(err error) {
		if err != nil {
			wrong = append(wrong, fault.From(err).Violations...)
		}
	}
	if c.Site != "" {
		_, err := checkSite(string(c.Site))
		add(err)
	}
	if strings.ContainsAny(c.Company, "+:/ ") {
		add(fault.InvalidArgument("company", fmt.Sprintf("%q is no company id: it is one word", c.Company)))
	}
	if c.ClientID != "" && !guid.MatchString(c.ClientID) {
		add(fault.InvalidArgument("client_id", "the client id is a GUID such as 1b2c3d4e-0000-4000-8000-123456789abc"))
	}
	if c.Version != "" && !version.MatchString(c.Version) {
		add(fault.InvalidArgument("version", fmt.Sprintf("%q is no version such as 2025.16", c.Version)))
	}
	if c.AgentResource == "" {
		add(fault.InvalidArgument("agent_resource", "ConnectWise attributes notes to a member: give its login name, full name or id"))
	}
	if defaults := c.Defaults.Ticket; defaults.Status != "" && defaults.Queue == "" {
		add(fault.InvalidArgument("defaults.ticket.status", "a status belongs to a queue: set the queue of new tickets too"))
	}
	return wrong
}

var (
	guid    = regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	version = regexp.MustCompile(`^\d{4}\.\d{1,2}$`)
)
