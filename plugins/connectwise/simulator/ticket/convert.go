package ticket

import (
	"maps"
	"net/http"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/audit"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/body"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// mountConversions adds what makes one kind of ticket of the other, and the
// copy of a service ticket. Which members a conversion keeps is not
// documented: here it keeps those that both kinds have, and takes the board's
// default status.
func mountConversions(on rest.On) {
	on(http.MethodPost, serviceKind.path+"/{id}/convert", rest.Writes, toProject)
	on(http.MethodPost, projectKind.path+"/{id}/convert", rest.Writes, convertProject)
	on(http.MethodPost, serviceKind.path+"/{id}/copy", rest.Writes, copyTicket)
}

// belongsTo are the members that only one kind of ticket has.
var belongsTo = map[*kind][]string{
	serviceKind: {
		"team", "severity", "impact", "externalXRef", "sla", "isInSla", "parentTicketId", "requestForChangeFlag", "integratorTags",
	},
	projectKind: {"project", "phase", "wbsCode", "isIssueFlag", "tasks", "scheduleStartDate", "scheduleEndDate"},
}

// decode reads the body of an action and refuses what it lacks.
func decode(c *rest.Call, typ, object string) (store.Object, *rest.Error) {
	t := schema.Lookup(typ)
	in, err := body.Decode(c.Body, t)
	if err != nil {
		return nil, rest.BodyError(err)
	}
	var missing []rest.Detail
	for _, name := range t.Required {
		if in[name] == nil {
			missing = append(missing, rest.RequiredField(name))
		}
	}
	if missing != nil {
		return nil, rest.InvalidObject(object, missing...)
	}
	return in, nil
}

// phaseIn finds the phase that an action names.
func phaseIn(c *rest.Call, in store.Object, object string) (int64, *rest.Error) {
	given, _ := in["phase"].(store.Object)
	id, problem := c.Resolve("ProjectPhaseReference", "phase", given, 0)
	if problem != nil {
		return 0, rest.InvalidObject(object, *problem)
	}
	if id == 0 {
		return 0, rest.InvalidObject(object, rest.RequiredField("phase"))
	}
	return id, nil
}

func toProject(c *rest.Call) (rest.Answer, *rest.Error) {
	ticket, err := serviceKind.ticket(c, rest.Edit)
	if err != nil {
		return rest.Answer{}, err
	}
	if err := c.Allow(projectKind.right, rest.Add); err != nil {
		return rest.Answer{}, err
	}
	in, err := decode(c, "ConvertToProject", "convertToProject")
	if err != nil {
		return rest.Answer{}, err
	}
	phase, err := phaseIn(c, in, "convertToProject")
	if err != nil {
		return rest.Answer{}, err
	}
	project, _ := projectOf(c, phase)
	recordType, _ := in["recordType"].(string)
	if recordType != Issue {
		recordType = Project
	}
	move(c, ticket, serviceKind, project.Ref("board"), store.Object{
		"recordType": recordType, "project": store.Ref(project.ID), "phase": store.Ref(phase), "wbsCode": in["wbsCode"],
		"isIssueFlag": recordType == Issue, "tasks": []any{},
	}, seed.ProjectPod)
	return rest.Success("")
}

func convertProject(c *rest.Call) (rest.Answer, *rest.Error) {
	ticket, err := projectKind.ticket(c, rest.Edit)
	if err != nil {
		return rest.Answer{}, err
	}
	in, err := decode(c, "ConvertItem", "convertItem")
	if err != nil {
		return rest.Answer{}, err
	}
	if in["recordType"] != Service {
		Touch(c, ticket.ID, func(t *store.Record) {
			t.Values["recordType"], t.Values["isIssueFlag"] = in["recordType"], in["recordType"] == Issue
		})
		return rest.Success("")
	}
	if err := c.Allow(serviceKind.right, rest.Add); err != nil {
		return rest.Answer{}, err
	}
	move(c, ticket, projectKind, seed.ServiceDesk, store.Object{
		"recordType": Service, "severity": "Medium", "impact": "Medium", "isInSla": true, "sla": c.DefaultOf(store.SLAs),
		"requestForChangeFlag": false, "integratorTags": []any{},
	}, seed.TicketPod)
	return rest.Success("")
}

// move makes a ticket one of the other kind, on a board of that kind.
func move(c *rest.Call, ticket *store.Record, from *kind, board int64, values store.Object, pod int64) {
	moved := Touch(c, ticket.ID, func(t *store.Record) {
		for _, member := range append([]string{"type", "subType", "item"}, belongsTo[from]...) {
			delete(t.Values, member)
		}
		maps.Copy(t.Values, values)
		t.Values["board"] = store.Ref(board)
		t.Values["status"] = c.DefaultUnder(store.Statuses, board)
		t.Custom = c.EmptyCustom(pod)
		settleStatus(c, t)
	})
	Tell(c, moved, "Conversion", "Ticket has been converted to "+kindOf(moved).label+".")
}

// copyTicket makes a new ticket of what was asked in another: who asks, where
// and about what, but nothing of what was done.
func copyTicket(c *rest.Call) (rest.Answer, *rest.Error) {
	ticket, err := serviceKind.ticket(c, rest.Inquire)
	if err != nil {
		return rest.Answer{}, err
	}
	if err := c.Allow(serviceKind.right, rest.Add); err != nil {
		return rest.Answer{}, err
	}
	copied := ticket.Clone()
	copied.ID, copied.Entered = 0, time.Time{} // a record of its own
	for _, member := range readOnly {
		switch member {
		case "recordType", "approved", "isInSla", "sla", "currency":
		default:
			delete(copied.Values, member)
		}
	}
	for _, member := range []string{"parentTicketId", "externalXRef", "owner"} {
		delete(copied.Values, member)
	}
	for _, flag := range []string{"closedFlag", "hasChildTicket", "hasMergedChildTicketFlag", "customerUpdatedFlag", "predecessorClosedFlag"} {
		copied.Values[flag] = false
	}
	copied.Values["actualHours"] = 0.0
	copied.Values["mobileGuid"] = seed.StableGUID("ticket", c.World().Table(store.Tickets).NextID())
	copied.Values["status"] = c.DefaultUnder(store.Statuses, ticket.Ref("board"))
	c.Stamp(copied)
	settleStatus(c, copied)
	made := c.World().Table(store.Tickets).Put(copied)
	Tell(c, made, "Record", audit.Created("Service Ticket"))
	return c.Record(http.StatusOK, serviceKind.typ, made)
}
