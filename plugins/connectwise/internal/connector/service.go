// Package connector puts the areas of the ConnectWise connector together: what a
// connection serves, how it is opened and how it is checked.
package connector

import (
	"context"
	"slices"
	"strconv"

	"github.com/deskgate/deskgate/plugins/connectwise"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/attachment"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/availability"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/company"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/configuration"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/contact"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/history"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lists"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/merge"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/note"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/outcome"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/raw"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/reply"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/schedule"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/technician"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/ticket"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/timeentry"
	"github.com/deskgate/deskgate/pluginsdk"
)

// Connector is the ConnectWise connector.
var Connector = pluginsdk.Connector[account.Config, *Instance]{
	Name:    "connectwise",
	Summary: "Connects to ConnectWise PSA (Manage), in the cloud or on your own server.",
	Setup:   connectwise.Setup,
	Connect: func(ctx context.Context, env pluginsdk.Env, config account.Config) (*Instance, error) {
		a, err := account.Open(ctx, env.Logger, config)
		if err != nil {
			return nil, err
		}
		return newInstance(a), nil
	},
	Operations: slices.Concat(
		attachment.Operations,
		availability.Operations,
		configuration.Operations,
		contact.Operations,
		history.Operations,
		merge.Operations,
		note.Operations,
		raw.Operations,
		reply.Operations,
		schedule.Operations,
		ticket.Operations,
		timeentry.Operations,
	),
}

// The areas under names of their own, since each is embedded by its name.
type (
	tickets        = ticket.Service
	notes          = note.Service
	histories      = history.Service
	merges         = merge.Service
	attachments    = attachment.Service
	companies      = company.Service
	contacts       = contact.Service
	technicians    = technician.Service
	timeEntries    = timeentry.Service
	replies        = reply.Service
	catalogue      = lists.Service
	rawCalls       = raw.Service
	schedules      = schedule.Service
	workloads      = availability.Service
	configurations = configuration.Service
	outcomes       = outcome.Service
)

// Instance is one connection to a ConnectWise. What it serves is what the areas
// implement: the SDK finds their methods here.
type Instance struct {
	account *account.Account
	roles   roles

	*tickets
	*notes
	*histories
	*merges
	*attachments
	*companies
	*contacts
	*configurations
	*technicians
	*timeEntries
	*replies
	*catalogue
	*rawCalls
	*schedules
	*workloads
	*outcomes
}

var (
	_ pluginsdk.Checker        = (*Instance)(nil)
	_ pluginsdk.Describer      = (*Instance)(nil)
	_ pluginsdk.OutcomeChecker = (*Instance)(nil)
)

func newInstance(a *account.Account) *Instance {
	i := &Instance{
		account:        a,
		tickets:        ticket.New(a),
		notes:          note.New(a),
		histories:      history.New(a),
		merges:         merge.New(a),
		attachments:    attachment.New(a),
		companies:      company.New(a),
		contacts:       contact.New(a),
		technicians:    technician.New(a),
		timeEntries:    timeentry.New(a),
		replies:        reply.New(a),
		catalogue:      lists.New(a),
		rawCalls:       raw.New(a),
		schedules:      schedule.New(a),
		workloads:      availability.New(a),
		configurations: configuration.New(a),
	}
	i.outcomes = outcome.New(a, outcome.Areas{
		Tickets: i.tickets, Merges: i.merges, Notes: i.notes, Replies: i.replies, TimeEntries: i.timeEntries, Schedules: i.schedules,
		Attachments: i.attachments, Contacts: i.contacts, Configurations: i.configurations,
	})
	return i
}

// Close ends the connection.
func (i *Instance) Close() { i.account.Close() }

// ConnectInfo says what the connection is to.
func (i *Instance) ConnectInfo() pluginsdk.ConnectInfo {
	return pluginsdk.ConnectInfo{
		Summary: i.account.Summary(),
		AgentResource: &pluginsdk.AgentResource{
			ID: strconv.Itoa(i.account.Agent.ID), Name: i.account.Agent.FullName(),
			// Notes and time entries carry the agent resource, changes of tickets the API
			// member.
			Attribution: pluginsdk.APIUser,
		},
	}
}
