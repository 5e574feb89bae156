// Package connector speaks the API of My PSA and serves its tickets and their
// notes.
package connector

import (
	"context"
	_ "embed"

	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/schema"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

//go:embed setup.md
var setup string

// Config is what a connection's block in gateway.hcl holds.
type Config struct {
	pluginsdk.CommonConfig

	Site  schema.URL `hcl:"site,required" doc:"The address of My PSA, such as https://acme.mypsa.example."`
	Token string     `hcl:"token,required" secret:"true" doc:"The API token, from Settings > API."`
}

// Validate checks what the tags cannot say. Both halves are for their own fields.
func (c Config) Validate() []fault.Violation {
	wrong := c.CommonConfig.Validate()
	if c.CustomerNotification != "" && c.CustomerNotification != pluginsdk.MailByNothing {
		wrong = append(wrong, fault.Violation{
			Field: "customer_notification", Message: "My PSA mails nobody of what is written by its API", Allowed: []string{pluginsdk.MailByNothing},
		})
	}
	return wrong
}

// Connector is the connector of My PSA.
var Connector = pluginsdk.Connector[Config, *Instance]{
	Name:    "mypsa",
	Version: "0.1.0",
	Summary: "My PSA: tickets and internal notes, by its REST API",
	Setup:   setup,
	Connect: connect,
	Operations: []pluginsdk.OperationSupport{
		{
			Operation: "tickets.list", Reason: "My PSA keeps no queues, owners, types or custom fields",
			UnsupportedFilters: []string{
				"record_type", "queue", "owner", "unassigned", "contact", "parent", "type", "priority", "priority_level", "text", "custom_field",
			},
		},
		{Operation: "tickets.create", UnsupportedFields: unsupported},
		{Operation: "tickets.update", UnsupportedFields: unsupported},
		{Operation: "notes.create_internal", UnsupportedFields: []string{"title"}},
	},
}

// Instance is one connection.
type Instance struct {
	api *api
	// customers are few: they are read once and found by name or id.
	customers *catalogue.Cache[struct{}, catalogue.List[customer]]
	info      pluginsdk.ConnectInfo
}

// A service with a method missing is not served; these lines make it an error.
var (
	_ psav1.TicketReaderServer       = (*Instance)(nil)
	_ psav1.TicketWriterServer       = (*Instance)(nil)
	_ psav1.NoteReaderServer         = (*Instance)(nil)
	_ psav1.InternalNoteWriterServer = (*Instance)(nil)
)

// connect makes a connection ready, and proves that the token is taken.
func connect(ctx context.Context, env pluginsdk.Env, config Config) (*Instance, error) {
	a, err := newAPI(env, config)
	if err != nil {
		return nil, err
	}
	var me account
	if err := a.get(ctx, "me", nil, &me); err != nil {
		return nil, err
	}
	i := &Instance{api: a, info: pluginsdk.ConnectInfo{Summary: "My PSA of " + me.Tenant + ", as " + me.Name}}
	i.customers = catalogue.New(func(ctx context.Context, _ struct{}) (catalogue.List[customer], error) {
		var all struct {
			Customers []customer `json:"customers"`
		}
		err := a.get(ctx, "customers", nil, &all)
		return catalogue.List[customer]{What: "company", Values: all.Customers}, err
	})
	return i, nil
}

// ConnectInfo implements pluginsdk.Describer.
func (i *Instance) ConnectInfo() pluginsdk.ConnectInfo { return i.info }

// Check implements pluginsdk.Checker.
func (i *Instance) Check(ctx context.Context) ([]pluginsdk.Finding, error) {
	var me account
	if err := i.api.get(ctx, "me", nil, &me); err != nil {
		return []pluginsdk.Finding{{
			Step: "login", Level: pluginsdk.Failed, Message: fault.From(err).Message,
			Advice: "look at site and token; the setup guide says where the token is",
		}}, nil
	}
	return []pluginsdk.Finding{{Step: "login", Level: pluginsdk.OK, Message: "signed in as " + me.Name}}, nil
}

// Close implements io.Closer.
func (i *Instance) Close() error {
	i.customers.Close()
	i.api.client.Close()
	return nil
}
