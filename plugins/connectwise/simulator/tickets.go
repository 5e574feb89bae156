package simulator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// ticketRules are those of service tickets (connectwise.md §7).
var ticketRules = &rules{
	object: "ticket",
	readOnly: []string{
		"recordType", "resources", "closedDate", "closedBy", "closedFlag", "actualHours", "approved", "dateResolved", "dateResplan",
		"dateResponded", "resolveMinutes", "resPlanMinutes", "respondMinutes", "isInSla", "slaStatus", "hasChildTicket",
		"hasMergedChildTicketFlag", "mergedParentTicket", "escalationStartDateUTC", "escalationLevel", "minutesBeforeWaiting",
		"respondedSkippedMinutes", "resplanSkippedMinutes", "respondedHours", "respondedBy", "resplanHours", "resplanBy",
		"resolutionHours", "resolvedBy", "minutesWaiting", "mobileGuid", "sla", "currency", "agreementType", "predecessorClosedFlag",
		"estimatedExpenseCost", "estimatedExpenseRevenue", "estimatedProductCost", "estimatedProductRevenue", "estimatedTimeCost",
		"estimatedTimeRevenue",
	},
	transient: []string{
		"initialDescription", "initialInternalAnalysis", "initialResolution", "initialDescriptionFrom", "contactEmailLookup",
		"processNotifications", "skipCallback",
	},
	requiredOnPut: []string{"board", "status", "priority", "severity", "impact", "team"},
	defaults:      ticketDefaults,
	check:         checkTicket,
	settle:        settleTicket,
	saved:         ticketSaved,
}

// ticketDefaults are the values of a recorded create that gave summary,
// company and status alone; no type, contact or owner among them.
func ticketDefaults(c *call, w *change) {
	v := w.new.Values
	if w.old == nil {
		w.new.Custom = emptyCustom(c, seed.TicketPod)
		v["recordType"] = serviceTicket
		v["approved"] = true
		v["mobileGuid"] = guidOf("ticket", c.world().Table(store.Tickets).NextID())
		for _, flag := range []string{"closedFlag", "hasChildTicket", "hasMergedChildTicketFlag", "predecessorClosedFlag"} {
			v[flag] = false
		}
		v["actualHours"] = 0.0
		v["isInSla"] = true
		v["sla"] = defaultOf(c, store.SLAs)
		v["currency"] = store.Ref(c.world().Table(store.Currencies).All()[0].ID)
	}
	for name, value := range map[string]any{
		"board": store.Ref(seed.ServiceDesk), "priority": defaultOf(c, store.Priorities), "severity": "Medium", "impact": "Medium",
		"serviceLocation": store.Ref(seed.RemoteLocation), "source": defaultOf(c, store.Sources),
		"billTime": "NoDefault", "billExpenses": "NoDefault", "billProducts": "NoDefault", "lagDays": int64(0),
		"allowAllClientsPortalView": false, "customerUpdatedFlag": false, "automaticEmailContactFlag": false,
		"automaticEmailResourceFlag": false, "automaticEmailCcFlag": false, "lagNonworkingDaysFlag": false,
		"requestForChangeFlag": false, "integratorTags": []any{},
	} {
		if v[name] == nil {
			v[name] = value
		}
	}
	if cc, ok := v["automaticEmailCc"].(string); ok && cc != "" && !strings.HasSuffix(cc, ";") {
		v["automaticEmailCc"] = cc + ";" // stored so (connectwise.md §7)
	}
	if mail, ok := w.given["contactEmailLookup"].(string); ok && v["contact"] == nil {
		contact, found := c.world().Table(store.Contacts).Find(func(r *store.Record) bool { return hasAddress(r, mail) })
		if found {
			v["contact"] = store.Ref(contact.ID)
		}
	}
}

func hasAddress(contact *store.Record, mail string) bool {
	items, _ := contact.Values["communicationItems"].([]any)
	return slices.ContainsFunc(items, func(i any) bool {
		item, _ := i.(store.Object)
		value, _ := item["value"].(string)
		return item["communicationType"] == "Email" && strings.EqualFold(value, mail)
	})
}

// emptyCustom gives a new record the fields that are defined for its screen.
func emptyCustom(c *call, pod int64) map[int64]any {
	out := map[int64]any{}
	for _, d := range c.world().Table(store.CustomFields).All() {
		if d.Values["podId"] != pod {
			continue
		}
		out[d.ID] = nil
		if d.Text("fieldTypeIdentifier") == "Checkbox" {
			out[d.ID] = false
		}
	}
	return out
}

// defaultOf is the record of a table that is marked as the default.
func defaultOf(c *call, table string) any {
	if r, ok := c.world().Table(table).Find(func(r *store.Record) bool { return r.Flag("defaultFlag") }); ok {
		return store.Ref(r.ID)
	}
	return nil
}

// guidOf makes the mobileGuid of a new record; it only has to be unique.
func guidOf(kind string, id int64) string {
	return fmt.Sprintf("%08x-0000-4000-a000-%012x", len(kind), id)
}

// checkTicket refuses what does not agree with the ticket's board.
func checkTicket(c *call, w *change) *apiError {
	v := w.new.Values
	board, ok := c.world().Table(store.Boards).Get(w.board())
	if ok && board.Flag("projectFlag") {
		return invalidObject("ticket", notFoundDetail(fmt.Sprintf("Service Board %d not found", board.ID), "board/id"))
	}
	onBoard := func(table, member string) {
		if v[member] != nil {
			return
		}
		for _, r := range c.world().Table(table).Children(board.ID) {
			if r.Flag("defaultFlag") {
				v[member] = store.Ref(r.ID)
			}
		}
	}
	onBoard(store.Statuses, "status")
	if w.old == nil {
		onBoard(store.Teams, "team")
		v["location"], v["department"] = either(v["location"], board.Values["location"]), either(v["department"], board.Values["department"])
	}
	if err := checkTriple(c, w); err != nil {
		return err
	}
	status, _ := c.world().Table(store.Statuses).Get(w.new.Ref("status"))
	if status.Flag("closedStatus") && (w.old == nil || !w.old.Flag("closedFlag")) {
		return c.allowRecord(seed.CloseTickets, edit, w.new)
	}
	return nil
}

func either(v, otherwise any) any {
	if v != nil {
		return v
	}
	return otherwise
}

// checkTriple refuses a subtype that the type does not have, and an item that
// type and subtype do not have together. The words are modelled on those of
// the status.
func checkTriple(c *call, w *change) *apiError {
	v := w.new.Values
	typeID, subTypeID, itemID := w.new.Ref("type"), w.new.Ref("subType"), w.new.Ref("item")
	if v["subType"] != nil {
		sub, _ := c.world().Table(store.SubTypes).Get(subTypeID)
		if !containsNumber(sub.Values["typeAssociationIds"], typeID) {
			return invalidObject("ticket", notFoundDetail(fmt.Sprintf("Service SubType %s not found for Service Type %d", sub.Text("name"), typeID), "subType/id"))
		}
	}
	if v["item"] == nil {
		return nil
	}
	_, ok := c.world().Table(store.Associations).Find(func(a *store.Record) bool {
		return a.Ref("type") == typeID && a.Ref("subType") == subTypeID && a.Ref("item") == itemID
	})
	if ok {
		return nil
	}
	item, _ := c.world().Table(store.Items).Get(itemID)
	return invalidObject("ticket", notFoundDetail(fmt.Sprintf("Service Item %s not found for Service SubType %d", item.Text("name"), subTypeID), "item/id"))
}

func containsNumber(list any, id int64) bool {
	numbers, _ := list.([]any)
	for _, n := range numbers {
		if n == id {
			return true
		}
	}
	return false
}

// settleTicket derives what follows from company, contact and status.
func settleTicket(c *call, w *change) {
	v := w.new.Values
	company, _ := c.world().Table(store.Companies).Get(w.new.Ref("company"))
	if v["site"] == nil {
		v["site"] = company.Values["site"]
		for member, from := range map[string]string{"addressLine1": "addressLine1", "city": "city", "stateIdentifier": "state", "zip": "zip", "country": "country"} {
			v[member] = either(v[member], company.Values[from])
		}
	}
	if site, ok := c.world().Table(store.Sites).Get(w.new.Ref("site")); ok {
		v["siteName"] = either(v["siteName"], site.Values["name"])
	}
	contact, ok := c.world().Table(store.Contacts).Get(w.new.Ref("contact"))
	if ok && (w.old == nil || w.old.Ref("contact") != contact.ID) {
		v["contactName"] = contact.Values["name"]
		v["contactPhoneNumber"] = contact.Values["defaultPhoneNbr"]
		v["contactEmailAddress"] = nil
		if mail := seed.Email(contact); mail != "" {
			v["contactEmailAddress"] = mail
		}
	}
	if w.old == nil || w.old.Ref("status") != w.new.Ref("status") {
		settleStatus(c, w)
	}
}

// settleStatus sets what the status drives: closed flag, dates, SLA minutes.
func settleStatus(c *call, w *change) {
	v := w.new.Values
	status, _ := c.world().Table(store.Statuses).Get(w.new.Ref("status"))
	now := w.new.Updated
	minutes := int64(now.Sub(w.new.Entered).Minutes())
	by := c.member.Text("identifier")
	closed := status.Flag("closedStatus")
	v["closedFlag"] = closed
	switch {
	case !closed:
		v["closedDate"], v["closedBy"] = nil, nil
	case v["closedDate"] == nil:
		v["closedDate"], v["closedBy"] = render.Time(now), by
	}
	escalation := status.Text("escalationStatus")
	if escalation != "NotResponded" && v["dateResponded"] == nil {
		v["dateResponded"], v["respondMinutes"], v["respondedBy"] = render.Time(now), minutes, by
	}
	switch {
	case escalation != "Resolved":
		v["dateResolved"], v["resolveMinutes"], v["resolvedBy"] = nil, nil, nil
	case v["dateResolved"] == nil:
		v["dateResolved"], v["resolveMinutes"], v["resolvedBy"] = render.Time(now), minutes, by
	}
}

// ticketSaved enters the first notes of a new ticket and mails what the rules
// ask for. An update mails when it changes the status.
func ticketSaved(c *call, w *change) {
	if w.old == nil {
		for _, n := range []struct{ member, flag string }{
			{"initialDescription", "detailDescriptionFlag"},
			{"initialInternalAnalysis", "internalAnalysisFlag"},
			{"initialResolution", "resolutionFlag"},
		} {
			if text, ok := w.given[n.member].(string); ok && text != "" {
				addNote(c, w.new, n.flag, text)
			}
		}
	}
	if !w.flag("processNotifications", true) {
		return
	}
	status, _ := c.world().Table(store.Statuses).Get(w.new.Ref("status"))
	subject := fmt.Sprintf("Ticket #%d/%s", w.new.ID, w.new.Text("summary"))
	switch {
	case w.old == nil:
		text, _ := w.given["initialDescription"].(string)
		c.notify(w.new, subject+" has been created", text, audienceAll)
	case w.old.Ref("status") != w.new.Ref("status"):
		c.notify(w.new, subject+" is now "+status.Text("name"), "", audienceAll)
	}
}
