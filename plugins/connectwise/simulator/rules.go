package simulator

import (
	"slices"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// setupRules are those of a setup table.
func setupRules(object string) *rules {
	return &rules{object: object, settle: settleSetup}
}

// settleSetup keeps what a record of a board shows twice in step.
func settleSetup(_ *call, w *change) {
	v := w.new.Values
	if w.new.Parent != 0 && w.res.parent == store.Boards && w.res.table != store.Teams {
		v["board"] = store.Ref(w.new.Parent)
	}
	if w.res.table == store.Statuses {
		v["inactiveFlag"], v["closedFlag"] = w.new.Flag("inactive"), w.new.Flag("closedStatus")
	}
}

var configurationRules = &rules{object: "configuration", settle: func(_ *call, w *change) {
	if w.new.Custom == nil {
		w.new.Custom = map[int64]any{}
	}
}}

// memberRules: members are made inactive, never deleted (connectwise.md §12).
var memberRules = &rules{object: "member", keepForever: true, settle: func(_ *call, w *change) {
	name := w.new.Text("firstName") + " " + w.new.Text("lastName")
	w.new.Values["name"], w.new.Values["fullName"] = name, name
}}

// companyRules: a new company brings its first site by name (connectwise.md
// §12).
var companyRules = &rules{
	object:   "company",
	readOnly: []string{"dateDeleted", "deletedBy", "mobileGuid"},
	defaults: func(c *call, w *change) {
		if w.old != nil {
			return
		}
		w.new.Custom = emptyCustom(c, seed.CompanyPod)
		w.given["site"] = w.new.Values["site"]
		delete(w.new.Values, "site")
		w.new.Values["deletedFlag"] = false
		w.new.Values["status"] = either(w.new.Values["status"], defaultOf(c, store.CompanyStatuses))
	},
	check: func(_ *call, w *change) *apiError {
		if w.old != nil {
			return nil
		}
		if site, _ := w.given["site"].(store.Object); site["name"] == nil {
			return invalidObject("company", requiredField("site"))
		}
		if types, _ := w.new.Values["types"].([]any); len(types) == 0 {
			return invalidObject("company", requiredField("types"))
		}
		return nil
	},
	saved: func(c *call, w *change) {
		if w.old != nil {
			return
		}
		given, _ := w.given["site"].(store.Object)
		site := c.world().Table(store.Sites).Put(&store.Record{
			Parent: w.new.ID, Entered: w.new.Entered, EnteredBy: w.new.EnteredBy, Updated: w.new.Updated, UpdatedBy: w.new.UpdatedBy,
			Values: store.Object{
				"name": given["name"], "company": store.Ref(w.new.ID), "primaryAddressFlag": true, "inactiveFlag": false,
			},
		})
		w.new.Values["site"] = store.Ref(site.ID)
	},
}

// contactRules: the spec requires nothing, the server asks for the first name
// (connectwise.md §12).
var contactRules = &rules{
	object:    "contact",
	readOnly:  []string{"mobileGuid", "defaultPhoneType", "defaultPhoneNbr", "defaultPhoneExtension"},
	transient: []string{"ignoreDuplicates"},
	required:  []string{"firstName"},
	settle:    settleContact,
}

func settleContact(c *call, w *change) {
	v := w.new.Values
	if w.new.Custom == nil {
		w.new.Custom = map[int64]any{}
	}
	v["name"] = strings.TrimSpace(w.new.Text("firstName") + " " + w.new.Text("lastName"))
	v["inactiveFlag"] = either(v["inactiveFlag"], false)
	items, _ := v["communicationItems"].([]any)
	next := nextCommunicationID(c)
	newDefaults := map[string]bool{}
	for _, item := range slices.Backward(items) {
		item, ok := item.(store.Object)
		if !ok {
			continue
		}
		if item["id"] == nil {
			item["id"] = next
			next++
		}
		kind := communicationKind(c, item)
		item["communicationType"] = kind
		if mail, _ := item["value"].(string); kind == "Email" && strings.Contains(mail, "@") {
			item["domain"] = mail[strings.IndexByte(mail, '@'):]
		}
		// A later default takes the place of an earlier one of its kind.
		if item["defaultFlag"] == true && newDefaults[kind] {
			item["defaultFlag"] = false
		}
		if item["defaultFlag"] == true {
			newDefaults[kind] = true
			if kind == "Phone" {
				v["defaultPhoneNbr"] = item["value"]
			}
		}
	}
	v["communicationItems"] = either(v["communicationItems"], []any{})
}

// communicationKind is Email, Fax or Phone, by the item's type.
func communicationKind(c *call, item store.Object) string {
	id, _ := item["type"].(store.Ref)
	kind, ok := c.world().Table(store.CommunicationTypes).Get(int64(id))
	switch {
	case ok && kind.Flag("emailFlag"):
		return "Email"
	case ok && kind.Flag("faxFlag"):
		return "Fax"
	}
	return "Phone"
}

func nextCommunicationID(c *call) int64 {
	highest := int64(0)
	for _, r := range c.world().Table(store.Contacts).All() {
		items, _ := r.Values["communicationItems"].([]any)
		for _, i := range items {
			item, _ := i.(store.Object)
			id, _ := item["id"].(int64)
			highest = max(highest, id)
		}
	}
	return highest + 1
}
