package simulator

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/body"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// mountConfigurations adds the links between a ticket and configurations. The
// API shows them by the configuration's id (connectwise.md §12).
func mountConfigurations(on func(method, path string, writes bool, h handler)) {
	const list = "/service/tickets/{id}/configurations"
	on(http.MethodGet, list, false, func(c *call) (answer, *apiError) {
		links, err := c.links(inquire)
		if err != nil {
			return answer{}, err
		}
		return c.answerRecords(schema.Lookup("ConfigurationReference"), links, parametersOf(c.r.URL.Query()))
	})
	on(http.MethodGet, list+"/count", false, func(c *call) (answer, *apiError) {
		links, err := c.links(inquire)
		if err != nil {
			return answer{}, err
		}
		return answer{status: http.StatusOK, body: indented(map[string]int{"count": len(links)})}, nil
	})
	on(http.MethodGet, list+"/{id}", false, func(c *call) (answer, *apiError) {
		links, err := c.links(inquire)
		if err != nil {
			return answer{}, err
		}
		for _, l := range links {
			if l.ID == c.id(1) {
				return c.record(http.StatusOK, "ConfigurationReference", l)
			}
		}
		return answer{}, notFound("Configuration", c.id(1))
	})
	on(http.MethodPost, list, true, linkConfiguration)
	on(http.MethodDelete, list+"/{id}", true, unlinkConfiguration)
}

// links lists a ticket's links as the API shows them.
func (c *call) links(l level) ([]*store.Record, *apiError) {
	if err := c.allow(seed.ServiceTickets, l); err != nil {
		return nil, err
	}
	ticket, ok := c.world().Table(store.Tickets).Get(c.id(0))
	if !ok || !isService(ticket) {
		return nil, notFound("Service Ticket", c.id(0))
	}
	if err := c.allowRecord(seed.ServiceTickets, l, ticket); err != nil {
		return nil, err
	}
	links := []*store.Record{}
	for _, link := range c.world().Table(store.TicketConfigurations).Children(ticket.ID) {
		links = append(links, shownLink(link))
	}
	return links, nil
}

func shownLink(link *store.Record) *store.Record {
	out := link.Clone()
	out.ID = link.Ref("configuration")
	out.Values["id"] = out.ID
	return out
}

func linkConfiguration(c *call) (answer, *apiError) {
	links, refused := c.links(edit)
	if refused != nil {
		return answer{}, refused
	}
	in, err := body.Decode(c.body, schema.Lookup("ConfigurationReference"))
	if err != nil {
		return answer{}, bodyError(err)
	}
	id, device := in["id"], in["deviceIdentifier"]
	if id == nil && device == nil {
		return answer{}, invalidObject("configuration", detail{
			Code: "MissingRequiredField", Message: "id or deviceIdentifier is required.", Field: "id",
		})
	}
	configuration, ok := c.world().Table(store.Configurations).Find(func(r *store.Record) bool {
		if id != nil {
			return r.ID == id
		}
		return strings.EqualFold(r.Text("deviceIdentifier"), fmt.Sprint(device))
	})
	if !ok {
		what, field := id, "id"
		if id == nil {
			what, field = device, "deviceIdentifier"
		}
		return answer{}, invalidObject("configuration", notFoundDetail(fmt.Sprintf("configuration %v not found", what), field))
	}
	for _, l := range links {
		if l.ID == configuration.ID {
			return c.record(http.StatusCreated, "ConfigurationReference", l)
		}
	}
	link := seed.TicketConfiguration(c.id(0), configuration)
	c.world().Table(store.TicketConfigurations).Put(link)
	c.touchTicket(c.id(0), func(*store.Record) {})
	return c.record(http.StatusCreated, "ConfigurationReference", shownLink(link))
}

func unlinkConfiguration(c *call) (answer, *apiError) {
	if _, err := c.links(edit); err != nil {
		return answer{}, err
	}
	table := c.world().Table(store.TicketConfigurations)
	for _, link := range table.Children(c.id(0)) {
		if link.Ref("configuration") == c.id(1) {
			table.Delete(link.ID)
			c.touchTicket(c.id(0), func(*store.Record) {})
			return answer{status: http.StatusNoContent}, nil
		}
	}
	return answer{}, notFound("Configuration", c.id(1))
}
