package ticket

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/audit"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/body"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// linkType is the type that a ticket's configurations are shown as.
const linkType = "ConfigurationReference"

// mountConfigurations adds the links between a ticket and configurations. The
// API shows them by the configuration's id (connectwise.md §12).
func (k *kind) mountConfigurations(on rest.On) {
	list := k.path + "/{id}/configurations"
	rest.Derived{Path: list, Type: linkType, Label: "Configuration", List: func(c *rest.Call) ([]*store.Record, *rest.Error) {
		return k.links(c, rest.Inquire)
	}}.Mount(on)
	on(http.MethodPost, list, rest.Writes, k.link)
	on(http.MethodDelete, list+"/{id}", rest.Writes, k.unlink)
}

// links lists a ticket's links as the API shows them.
func (k *kind) links(c *rest.Call, l rest.Level) ([]*store.Record, *rest.Error) {
	ticket, err := k.ticket(c, l)
	if err != nil {
		return nil, err
	}
	links := []*store.Record{}
	for _, link := range c.World().Table(store.TicketConfigurations).Children(ticket.ID) {
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

func (k *kind) link(c *rest.Call) (rest.Answer, *rest.Error) {
	links, refused := k.links(c, rest.Edit)
	if refused != nil {
		return rest.Answer{}, refused
	}
	in, err := body.Decode(c.Body, schema.Lookup(linkType))
	if err != nil {
		return rest.Answer{}, rest.BodyError(err)
	}
	id, device := in["id"], in["deviceIdentifier"]
	if id == nil && device == nil {
		return rest.Answer{}, rest.InvalidObject("configuration", rest.Detail{
			Code: "MissingRequiredField", Message: "id or deviceIdentifier is required.", Field: "id",
		})
	}
	configuration, ok := c.World().Table(store.Configurations).Find(func(r *store.Record) bool {
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
		return rest.Answer{}, rest.InvalidObject("configuration", rest.NotFoundDetail(fmt.Sprintf("configuration %v not found", what), field))
	}
	for _, l := range links {
		if l.ID == configuration.ID {
			return c.Record(http.StatusCreated, linkType, l)
		}
	}
	link := c.World().Table(store.TicketConfigurations).Put(seed.TicketConfiguration(c.ID(0), configuration))
	k.tell(c, "Configuration", audit.Added("Configuration", configuration.Text("name")))
	return c.Record(http.StatusCreated, linkType, shownLink(link))
}

func (k *kind) unlink(c *rest.Call) (rest.Answer, *rest.Error) {
	if _, err := k.links(c, rest.Edit); err != nil {
		return rest.Answer{}, err
	}
	table := c.World().Table(store.TicketConfigurations)
	for _, link := range table.Children(c.ID(0)) {
		if link.Ref("configuration") == c.ID(1) {
			table.Delete(link.ID)
			k.tell(c, "Configuration", audit.Removed("Configuration", link.Text("name")))
			return rest.Answer{Status: http.StatusNoContent}, nil
		}
	}
	return rest.Answer{}, rest.NotFound("Configuration", c.ID(1))
}

// tell touches the ticket of the path and tells its audit trail why.
func (k *kind) tell(c *rest.Call, subType, text string) {
	Tell(c, Touch(c, c.ID(0), func(*store.Record) {}), subType, text)
}
