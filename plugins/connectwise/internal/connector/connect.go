package connector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/neutral"
)

// Instance is one connection to a ConnectWise.
type Instance struct {
	config  Config
	site    string
	api     *api.Client
	tables  *setup.Tables
	agent   setup.Member
	company api.CompanyInfo
	// lookAgain is how long to wait before each look for a create whose answer
	// was lost.
	lookAgain []time.Duration
}

// connect opens a connection: it finds the code base, proves the login by loading
// the setup tables, and resolves the agent resource.
func connect(ctx context.Context, log hclog.Logger, config Config) (*Instance, error) {
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
	i := &Instance{config: config, site: site, api: client, tables: setup.New(client, categories, levels), lookAgain: lookAgainAfter}
	if err := i.open(ctx); err != nil {
		i.Close()
		return nil, err
	}
	return i, nil
}

func (i *Instance) open(ctx context.Context) error {
	info, err := i.api.Discover(ctx)
	if errors.Is(err, api.ErrUnknownCompany) {
		return fault.InvalidArgument("company", fault.From(err).Message)
	}
	if err != nil {
		return err
	}
	i.company = info
	if err := i.tables.Warm(ctx); err != nil {
		return err
	}
	agent, err := i.tables.PickMember(ctx, "agent_resource", catalogue.Reference{Name: i.config.AgentResource})
	if fault.CodeOf(err) == fault.CodeInvalidArgument {
		agent, err = i.tables.PickMember(ctx, "agent_resource", catalogue.Reference{ID: i.config.AgentResource})
	}
	if fault.CodeOf(err) == fault.CodeInvalidArgument {
		return fault.InvalidArgument("agent_resource", fmt.Sprintf("ConnectWise has no active member %q; give the login name, the full name or the id of the member that writes are attributed to", i.config.AgentResource))
	}
	if err != nil {
		return err
	}
	i.agent = agent
	return nil
}

// Close ends the connection.
func (i *Instance) Close() {
	i.tables.Close()
	i.api.Close()
}

// summary is what the connection is, for the admin.
func (i *Instance) summary() string {
	name, version := i.config.Company, i.api.CodeBase()
	if i.company.CompanyName != "" {
		name = i.company.CompanyName
	}
	if i.company.VersionCode != "" {
		version = i.company.VersionCode
	}
	return fmt.Sprintf("%s at %s, ConnectWise %s", name, i.site, version)
}

// names is what the mapping needs to know.
func (i *Instance) names(ctx context.Context) (mapping.Names, error) {
	priorities, err := i.tables.Priorities(ctx)
	if err != nil {
		return mapping.Names{}, err
	}
	members, err := i.tables.Members(ctx)
	if err != nil {
		return mapping.Names{}, err
	}
	return mapping.Names{
		Status:     i.statusOf(ctx),
		Priorities: priorities,
		Members:    members,
		AgentID:    i.agent.ID,
		PageURL:    pageURL(i.site, i.api.CodeBase()),
	}, nil
}
