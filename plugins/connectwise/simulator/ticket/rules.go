package ticket

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// readOnly are the members of tickets that follow from other things.
var readOnly = []string{
	"recordType", "resources", "closedDate", "closedBy", "closedFlag", "actualHours", "approved", "dateResolved", "dateResplan",
	"dateResponded", "resolveMinutes", "resPlanMinutes", "respondMinutes", "isInSla", "slaStatus", "hasChildTicket",
	"hasMergedChildTicketFlag", "mergedParentTicket", "escalationStartDateUTC", "escalationLevel", "minutesBeforeWaiting",
	"respondedSkippedMinutes", "resplanSkippedMinutes", "respondedHours", "respondedBy", "resplanHours", "resplanBy",
	"resolutionHours", "resolvedBy", "minutesWaiting", "mobileGuid", "sla", "currency", "agreementType", "predecessorClosedFlag",
	"estimatedExpenseCost", "estimatedExpenseRevenue", "estimatedProductCost", "estimatedProductRevenue", "estimatedTimeCost",
	"estimatedTimeRevenue", "scheduleStartDate", "scheduleEndDate", "project",
}

// transient are taken with a write and never returned.
var transient = []string{
	"initialDescription", "initialInternalAnalysis", "initialResolution", "initialDescriptionFrom", "contactEmailLookup",
	"processNotifications", "skipCallback",
}

// audited are the members of whose changes the audit trail tells.
var audited = []rest.Audited{
	{Member: "summary", Caption: "Summary", SubType: "Subject"},
	{Member: "board", Caption: "Board", SubType: "Ticket"},
	{Member: "status", Caption: "Status", SubType: "Status"},
	{Member: "type", Caption: "Type", SubType: "Ticket"},
	{Member: "subType", Caption: "SubType", SubType: "Ticket"},
	{Member: "item", Caption: "Item", SubType: "Ticket"},
	{Member: "priority", Caption: "Priority", SubType: "Ticket"},
	{Member: "severity", Caption: "Severity", SubType: "SLA"},
	{Member: "impact", Caption: "Impact", SubType: "SLA"},
	{Member: "company", Caption: "Company", SubType: "Company"},
	{Member: "contact", Caption: "Contact", SubType: "Contact"},
	{Member: "site", Caption: "Site", SubType: "Site"},
	{Member: "owner", Caption: "Ticket Owner", SubType: "Resources"},
	{Member: "team", Caption: "Team", SubType: "Team"},
	{Member: "requiredDate", Caption: "Required Date", SubType: "Date"},
	{Member: "agreement", Caption: "Agreement", SubType: "Agreement"},
	{Member: "parentTicketId", Caption: "Parent Ticket", SubType: "CombinedTickets"},
}

// settleDefaults are the values that a ticket of either kind gets when its
// caller names none, as a recorded create with summary, company and status
// alone shows; no type, contact or owner among them.
func settleDefaults(c *rest.Call, w *rest.Change) {
	v := w.New.Values
	if w.IsNew() {
		v["approved"] = true
		v["mobileGuid"] = seed.StableGUID("ticket", c.World().Table(store.Tickets).NextID())
		for _, flag := range []string{"closedFlag", "hasChildTicket", "hasMergedChildTicketFlag", "predecessorClosedFlag"} {
			v[flag] = false
		}
		v["actualHours"] = 0.0
		v["currency"] = store.Ref(c.World().Table(store.Currencies).All()[0].ID)
	}
	for name, value := range map[string]any{
		"priority": c.DefaultOf(store.Priorities), "source": c.DefaultOf(store.Sources), "serviceLocation": store.Ref(seed.RemoteLocation),
		"billTime": "NoDefault", "billExpenses": "NoDefault", "billProducts": "NoDefault", "lagDays": int64(0),
		"allowAllClientsPortalView": false, "customerUpdatedFlag": false, "automaticEmailContactFlag": false,
		"automaticEmailResourceFlag": false, "automaticEmailCcFlag": false, "lagNonworkingDaysFlag": false,
	} {
		w.Default(name, value)
	}
	if cc, ok := v["automaticEmailCc"].(string); ok && cc != "" && !strings.HasSuffix(cc, ";") {
		v["automaticEmailCc"] = cc + ";" // stored so (connectwise.md §7)
	}
	if mail, ok := w.Given["contactEmailLookup"].(string); ok && v["contact"] == nil {
		contact, found := c.World().Table(store.Contacts).Find(func(r *store.Record) bool { return hasAddress(r, mail) })
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

// check refuses what does not agree with the ticket's board, and a closing
// that the caller has no right to.
func (k *kind) check(c *rest.Call, w *rest.Change) *rest.Error {
	board, ok := c.World().Table(store.Boards).Get(w.New.Ref("board"))
	if ok && board.Flag("projectFlag") == (k == serviceKind) {
		return rest.InvalidObject(w.Res.Rules.Object, rest.NotFoundDetail(fmt.Sprintf("Service Board %d not found", board.ID), "board/id"))
	}
	w.Default("status", c.DefaultUnder(store.Statuses, board.ID))
	if w.IsNew() {
		if k == serviceKind {
			w.Default("team", c.DefaultUnder(store.Teams, board.ID))
		}
		w.Default("location", board.Values["location"])
		w.Default("department", board.Values["department"])
	}
	if err := checkTriple(c, w); err != nil {
		return err
	}
	status, _ := c.World().Table(store.Statuses).Get(w.New.Ref("status"))
	if status.Flag("closedStatus") && (w.IsNew() || !w.Old.Flag("closedFlag")) {
		return c.AllowRecord(k.closing, rest.Edit, w.New)
	}
	return nil
}

// checkTriple refuses a subtype that the type does not have, and an item that
// type and subtype do not have together. The words are modelled on those of
// the status.
func checkTriple(c *rest.Call, w *rest.Change) *rest.Error {
	v, object := w.New.Values, w.Res.Rules.Object
	typeID, subTypeID, itemID := w.New.Ref("type"), w.New.Ref("subType"), w.New.Ref("item")
	if v["subType"] != nil {
		sub, _ := c.World().Table(store.SubTypes).Get(subTypeID)
		types, _ := sub.Values["typeAssociationIds"].([]any)
		if !slices.Contains(types, any(typeID)) {
			return rest.InvalidObject(object, rest.NotFoundDetail(fmt.Sprintf("Service SubType %s not found for Service Type %d", sub.Text("name"), typeID), "subType/id"))
		}
	}
	if v["item"] == nil {
		return nil
	}
	_, ok := c.World().Table(store.Associations).Find(func(a *store.Record) bool {
		return a.Ref("type") == typeID && a.Ref("subType") == subTypeID && a.Ref("item") == itemID
	})
	if ok {
		return nil
	}
	item, _ := c.World().Table(store.Items).Get(itemID)
	return rest.InvalidObject(object, rest.NotFoundDetail(fmt.Sprintf("Service Item %s not found for Service SubType %d", item.Text("name"), subTypeID), "item/id"))
}

// settle derives what follows from company, contact and status.
func settle(c *rest.Call, w *rest.Change) {
	v := w.New.Values
	company, _ := c.World().Table(store.Companies).Get(w.New.Ref("company"))
	if v["site"] == nil {
		v["site"] = company.Values["site"]
		for member, from := range map[string]string{"addressLine1": "addressLine1", "city": "city", "stateIdentifier": "state", "zip": "zip", "country": "country"} {
			w.Default(member, company.Values[from])
		}
	}
	v["agreementType"] = nil
	if agreement, ok := c.World().Table(store.Agreements).Get(w.New.Ref("agreement")); ok {
		v["agreementType"] = agreement.Values["typeName"]
	}
	if site, ok := c.World().Table(store.Sites).Get(w.New.Ref("site")); ok {
		w.Default("siteName", site.Values["name"])
	}
	contact, ok := c.World().Table(store.Contacts).Get(w.New.Ref("contact"))
	if ok && w.Moved("contact") {
		v["contactName"] = contact.Values["name"]
		v["contactPhoneNumber"] = contact.Values["defaultPhoneNbr"]
		v["contactEmailAddress"] = nil
		if mail := seed.Email(contact); mail != "" {
			v["contactEmailAddress"] = mail
		}
	}
	if w.Moved("status") {
		settleStatus(c, w.New)
	}
}

// settleStatus sets what the status drives: closed flag, dates, SLA minutes.
func settleStatus(c *rest.Call, r *store.Record) {
	v := r.Values
	status, _ := c.World().Table(store.Statuses).Get(r.Ref("status"))
	now := c.Now()
	minutes := int64(now.Sub(r.Entered).Minutes())
	closed := status.Flag("closedStatus")
	v["closedFlag"] = closed
	switch {
	case !closed:
		delete(v, "closedDate")
		delete(v, "closedBy")
	case v["closedDate"] == nil:
		v["closedDate"], v["closedBy"] = render.Time(now), c.Me()
	}
	escalation := status.Text("escalationStatus")
	if escalation != "NotResponded" && v["dateResponded"] == nil {
		v["dateResponded"], v["respondMinutes"], v["respondedBy"] = render.Time(now), minutes, c.Me()
	}
	switch {
	case escalation != "Resolved":
		for _, member := range []string{"dateResolved", "resolveMinutes", "resolvedBy"} {
			delete(v, member)
		}
	case v["dateResolved"] == nil:
		v["dateResolved"], v["resolveMinutes"], v["resolvedBy"] = render.Time(now), minutes, c.Me()
	}
}

// saved enters the first notes of a new ticket and mails what the rules ask
// for. An update mails when it changes the status.
func saved(c *rest.Call, w *rest.Change) {
	if w.IsNew() {
		for _, n := range []struct{ member, flag string }{
			{"initialDescription", "detailDescriptionFlag"},
			{"initialInternalAnalysis", "internalAnalysisFlag"},
			{"initialResolution", "resolutionFlag"},
		} {
			if text, ok := w.Given[n.member].(string); ok && text != "" {
				addNote(c, w.New, n.flag, text)
			}
		}
	}
	if !w.Flag("processNotifications", true) {
		return
	}
	switch {
	case w.IsNew():
		text, _ := w.Given["initialDescription"].(string)
		mailCreated(c, w.New, text)
	case w.Moved("status"):
		mailStatus(c, w.New)
	}
}
