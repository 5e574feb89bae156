package pluginsdk

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/neutral"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// CommonConfig are the attributes that connections of every PSA have under the
// same names. A connector's Config embeds it.
type CommonConfig struct {
	AgentResource        string            `hcl:"agent_resource" doc:"The technician that writes are attributed to: a name or an id of the PSA."`
	RateLimit            string            `hcl:"rate_limit" default:"vendor" doc:"How many requests the PSA is asked: \"vendor\" for its documented limit, \"<n>/<unit>\" such as \"100/minute\", or \"off\" (loopback addresses only)."`
	StatusCategories     map[string]string `hcl:"status_categories" doc:"What statuses mean, where their names do not say: NEW, IN_PROGRESS, WAITING_CUSTOMER, WAITING_OTHER, RESOLVED or CLOSED by \"Status\" or \"Queue/Status\"."`
	PriorityLevels       map[string]string `hcl:"priority_levels" doc:"How urgent priorities are, where their names do not say: 1 (most) to 5 by the priority's name."`
	CustomerNotification string            `hcl:"customer_notification" allowed:"note|time_entry|email|flag_field|none" doc:"How this tenant mails its customers what is written here, which is how replies are sent: by a note, a time entry, a mail of the PSA's own, a field that a rule waits for, or not at all. Not every PSA has every way."`
	MergeStatus          string            `hcl:"merge_status" doc:"The status that duplicates get when they are merged, by name or id; the first closed status of their queue by default."`
	Defaults             Defaults          `hcl:"defaults" doc:"What new records get where the caller does not say."`
}

// The ways of CommonConfig.CustomerNotification. A connector refuses those that
// its PSA does not have, and chooses where none is set.
const (
	MailByNote      = "note"
	MailByTimeEntry = "time_entry"
	MailByEmail     = "email"
	MailByFlagField = "flag_field"
	MailByNothing   = "none"
)

// Defaults are what new records get where the caller does not say.
type Defaults struct {
	Ticket        TicketDefaults        `hcl:"ticket" doc:"What new tickets get."`
	Configuration ConfigurationDefaults `hcl:"configuration" doc:"What new configurations get."`
	Time          TimeDefaults          `hcl:"time" doc:"What new time entries get."`
}

// TicketDefaults are what new tickets get where the caller does not say. Empty
// ones are left to the PSA.
type TicketDefaults struct {
	Queue    string        `hcl:"queue" doc:"The queue, by name or id."`
	Status   string        `hcl:"status" doc:"The status, by name or id."`
	Priority string        `hcl:"priority" doc:"The priority, by name or id."`
	Source   string        `hcl:"source" doc:"The source, by name or id."`
	DueIn    time.Duration `hcl:"due_in" doc:"When a ticket is due, from its creation on."`
}

// TimeDefaults are what new time entries get where the caller does not say. Empty
// ones are left to the PSA.
type TimeDefaults struct {
	WorkType string `hcl:"work_type" doc:"The kind of work, by name or id."`
	WorkRole string `hcl:"work_role" doc:"The role that the technician works in, by name or id."`
}

// ConfigurationDefaults are what new configurations get where the caller does not
// say.
type ConfigurationDefaults struct {
	Type string `hcl:"type" doc:"The type, by name or id."`
}

// CheckRateLimit refuses rate_limit = "off" unless the PSA's addresses are all loopback
// ones. A connector's Validate calls it: only the connector knows which attributes are
// addresses.
func (c CommonConfig) CheckRateLimit(addresses ...string) error {
	const off = "off"
	if c.RateLimit != off || !slices.ContainsFunc(addresses, func(a string) bool { return !vendorhttp.IsLoopback(a) }) {
		return nil
	}
	_, err := vendorhttp.ParseRateLimit(off, vendorhttp.Rate{}, false)
	return fault.InvalidArgument("rate_limit", err.Error())
}

// Validate checks what the tags cannot say.
func (c CommonConfig) Validate() []fault.Violation {
	var found []fault.Violation
	add := func(attribute string, err error) {
		if err != nil {
			found = append(found, fault.Violation{Field: attribute, Message: err.Error()})
		}
	}
	// Whether "off" is allowed depends on the address: see CheckRateLimit.
	_, err := vendorhttp.ParseRateLimit(c.RateLimit, vendorhttp.Rate{}, true)
	add("rate_limit", err)
	for _, name := range slices.Sorted(maps.Keys(c.StatusCategories)) {
		_, err := neutral.ParseCategories(map[string]string{name: c.StatusCategories[name]})
		add(fmt.Sprintf("status_categories[%q]", name), err)
	}
	for _, name := range slices.Sorted(maps.Keys(c.PriorityLevels)) {
		_, err := neutral.ParseLevels(map[string]string{name: c.PriorityLevels[name]})
		add(fmt.Sprintf("priority_levels[%q]", name), err)
	}
	return found
}
