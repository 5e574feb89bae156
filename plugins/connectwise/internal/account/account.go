// Package account is one open connection to a ConnectWise: what every area of the
// connector works on.
package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/permission"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/neutral"
)

// Account is one connection to a ConnectWise. It is safe for use by several
// goroutines; its fields stay as Open made them.
type Account struct {
	Config Config
	// Site is the server, without a path: https://api-na.myconnectwise.net.
	Site   string
	API    *api.Client
	Tables *setup.Tables
	// Agent is the member that notes and time entries are written as.
	Agent   setup.Member
	Company api.CompanyInfo
	// Defaults are what new tickets get where the caller does not say.
	Defaults Defaults
	// MergeField is the custom field that says what a project ticket was merged
	// into; the zero value is none.
	MergeField setup.Field
	// Settle is how long after its answer was given up a request can still arrive.
	Settle time.Duration
	// Now is the clock that work ends by.
	Now func() time.Time
	// TimeDefaults are what the configuration names for new time entries.
	TimeDefaults TimeDefaults

	seen seen
}

// Open opens a connection: it finds the code base, proves the login by loading
// the setup tables, and resolves the agent resource.
func Open(ctx context.Context, log hclog.Logger, config Config) (*Account, error) {
	site, err := checkSite(string(config.Site))
	if err != nil {
		return nil, err
	}
	categories, err := neutral.ParseCategories(config.StatusCategories)
	if err != nil {
		return nil, fault.InvalidArgument("status_categories", err.Error())
	}
	levels, err := neutral.ParseLevels(config.PriorityLevels)
	if err != nil {
		return nil, fault.InvalidArgument("priority_levels", err.Error())
	}
	client, err := api.New(api.Options{
		Site: site, Company: config.Company, PublicKey: config.PublicKey, PrivateKey: config.PrivateKey,
		ClientID: config.ClientID, Version: config.Version, RateLimit: config.RateLimit, Logger: log,
	})
	if err != nil {
		return nil, fault.InvalidArgument("", err.Error())
	}
	a := &Account{Config: config, Site: site, API: client, Tables: setup.New(client, categories, levels), Settle: lost.Settle, Now: time.Now}
	if err := a.open(ctx); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

func (a *Account) open(ctx context.Context) error {
	info, err := a.API.Discover(ctx)
	if errors.Is(err, api.ErrUnknownCompany) {
		return fault.InvalidArgument("company", fault.From(err).Message)
	}
	if err != nil {
		return err
	}
	a.Company = info
	if err := a.Tables.Warm(ctx, a.Config.IncludeProjectTickets); err != nil {
		return closedTables(err)
	}
	agent, err := a.Tables.PickMember(ctx, "agent_resource", catalogue.Reference{Name: a.Config.AgentResource})
	if fault.CodeOf(err) == fault.CodeInvalidArgument {
		agent, err = a.Tables.PickMember(ctx, "agent_resource", catalogue.Reference{ID: a.Config.AgentResource})
	}
	if fault.CodeOf(err) == fault.CodeInvalidArgument {
		return fault.InvalidArgument("agent_resource", fmt.Sprintf("ConnectWise has no active member %q; give the login name, the full name or the id of the member that writes are attributed to", a.Config.AgentResource))
	}
	if err != nil {
		return err
	}
	a.Agent = agent
	if err := a.resolveDefaults(ctx); err != nil {
		return err
	}
	if a.TimeDefaults, err = a.timeDefaults(ctx); err != nil {
		return err
	}
	return a.resolveMergeField(ctx)
}

// closedTables says which rights open what every ticket names, where the API member
// may not read it.
func closedTables(err error) error {
	if fault.CodeOf(err) != fault.CodePermissionDenied {
		return err
	}
	e := *fault.From(err)
	e.Message = fmt.Sprintf("the API member may not read what every ticket names (boards with their statuses, priorities, members): give its security role %s; %s (%s)",
		permission.Advice(permission.TableSetup), permission.Advice(permission.MemberMaintenance), e.Message)
	return &e
}

// Close ends the connection.
func (a *Account) Close() {
	a.Tables.Close()
	a.API.Close()
}

// Summary is what the connection is to, for the admin.
func (a *Account) Summary() string {
	name, version := a.Config.Company, a.API.CodeBase()
	if a.Company.CompanyName != "" {
		name = a.Company.CompanyName
	}
	if a.Company.VersionCode != "" {
		version = a.Company.VersionCode
	}
	return fmt.Sprintf("%s at %s, ConnectWise %s", name, a.Site, version)
}

// TicketNames is what the mapping needs to know of what tickets point at.
func (a *Account) TicketNames(ctx context.Context) (mapping.Names, error) {
	priorities, err := a.Tables.Priorities(ctx)
	if err != nil {
		return mapping.Names{}, err
	}
	names, err := a.Names(ctx)
	names.Priorities = priorities
	return names, err
}

// Names is what the mapping needs to know of what other records point at: none of
// them has a priority.
func (a *Account) Names(ctx context.Context) (mapping.Names, error) {
	members, err := a.Tables.Members(ctx)
	if err != nil {
		return mapping.Names{}, err
	}
	return mapping.Names{
		Status: func(boardID, statusID int) (setup.Status, bool) {
			return a.Tables.Status(ctx, boardID, statusID)
		},
		Members:    members,
		AgentID:    a.Agent.ID,
		PageURL:    pageURL(a.Site, a.API.CodeBase()),
		MergeField: a.MergeField.ID,
	}, nil
}
