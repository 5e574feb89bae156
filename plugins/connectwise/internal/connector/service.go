package connector

import (
	"context"
	"strconv"

	"github.com/deskgate/deskgate/plugins/connectwise"
	"github.com/deskgate/deskgate/pluginsdk"
)

// Connector is the ConnectWise connector.
var Connector = pluginsdk.Connector[Config, *Instance]{
	Name:    "connectwise",
	Summary: "Connects to ConnectWise PSA (Manage), in the cloud or on your own server.",
	Setup:   connectwise.Setup,
	Connect: func(ctx context.Context, env pluginsdk.Env, config Config) (*Instance, error) {
		return connect(ctx, env.Logger, config)
	},
	Operations: []pluginsdk.OperationSupport{
		{
			Operation: "tickets.list", UnsupportedFilters: unsupportedTicketFilters,
			Reason: "service tickets only: the kind PROJECT is refused",
		},
		{Operation: "tickets.create", UnsupportedFields: append([]string{"resolution.code"}, unsupportedTicketFields...)},
		{
			Operation: "tickets.update", UnsupportedFields: append([]string{"resolution.code"}, unsupportedTicketFields...),
			Reason: "If-Match is a comparison before the write: somebody can come between",
		},
		{Operation: "tickets.transitions", Emulated: true, Reason: "every active status of the ticket's board"},
		{
			Operation: "tickets.transition", Emulated: true, UnsupportedFields: []string{"resolution.code"},
			Reason: "a note for the resolution, the status, a note for the comment",
		},
		{Operation: "notes.create_internal", UnsupportedFields: []string{"title"}},
		{Operation: "notes.create_customer", UnsupportedFields: []string{"title"}},
	},
}

var (
	_ pluginsdk.Checker   = (*Instance)(nil)
	_ pluginsdk.Describer = (*Instance)(nil)
)

// ConnectInfo says what the connection is to.
func (i *Instance) ConnectInfo() pluginsdk.ConnectInfo {
	return pluginsdk.ConnectInfo{
		Summary: i.summary(),
		AgentResource: &pluginsdk.AgentResource{
			ID: strconv.Itoa(i.agent.ID), Name: i.agent.FullName(),
			// Notes carry the agent resource, changes of tickets the API member.
			Attribution: pluginsdk.APIUser,
		},
	}
}
