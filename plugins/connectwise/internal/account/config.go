package account

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

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
	MergeField            string     `hcl:"merge_field" doc:"The custom field of project tickets, by caption or id, that holds the number of the ticket that one was merged into, and nothing else. ConnectWise itself merges service tickets alone: without such a field, tickets of projects are not merged."`
	Version               string     `hcl:"version" default:"2025.16" doc:"The version of the API to ask for. ConnectWise serves a version for a year or so."`

	// CustomerNotification shadows the common one: ConnectWise has fewer ways
	// (connectwise.md §9).
	CustomerNotification string `hcl:"customer_notification" allowed:"note|time_entry|none" doc:"How this tenant mails its customers what is written here, which is how replies are sent: by a note (where nothing is set), by a time entry that mails by itself, or not at all."`

	TimeZones map[string]string `hcl:"time_zones" doc:"The IANA zones behind the tenant's time zones, where their names do not say: \"Europe/Vienna\" by \"Branch office\"."`
}

// MailBy is how customers are mailed what is written: by notes where the
// configuration does not say.
func (c Config) MailBy() string { return cmp.Or(c.CustomerNotification, pluginsdk.MailByNote) }

// Validate says what is wrong with the configuration beyond its types.
func (c Config) Validate() []fault.Violation {
	var wrong []fault.Violation
	add := func(err error) {
		if err != nil {
			wrong = append(wrong, fault.From(err).Violations...)
		}
	}
	if c.Site != "" {
		site, err := checkSite(string(c.Site))
		add(err)
		if err == nil {
			add(c.CheckRateLimit(site))
		}
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
	for _, name := range slices.Sorted(maps.Keys(c.TimeZones)) {
		if _, err := time.LoadLocation(c.TimeZones[name]); err != nil || c.TimeZones[name] == "" || c.TimeZones[name] == "Local" {
			add(fault.InvalidArgument("time_zones", fmt.Sprintf("%q, for %q, is no IANA zone such as Europe/Vienna", c.TimeZones[name], name)))
		}
	}
	if c.AgentResource == "" {
		add(fault.InvalidArgument("agent_resource", "ConnectWise attributes notes to a member: give its login name, full name or id"))
	}
	if defaults := c.Defaults.Ticket; defaults.Status != "" && defaults.Queue == "" {
		add(fault.InvalidArgument("defaults.ticket.status", "a status belongs to a queue: set the queue of new tickets too"))
	}
	if c.MergeField != "" && !c.IncludeProjectTickets {
		add(fault.InvalidArgument("merge_field", "it is for the tickets of projects, which include_project_tickets leaves out"))
	}
	return wrong
}

var (
	guid    = regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	version = regexp.MustCompile(`^\d{4}\.\d{1,2}$`)
)
