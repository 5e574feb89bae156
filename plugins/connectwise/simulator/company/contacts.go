package company

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

var contacts = &rest.Resource{Path: "/company/contacts", Table: store.Contacts, Label: "Contact", Right: seed.Contacts, Rules: contactRules}

// contactRules: the spec requires nothing, the server asks for the first name
// (connectwise.md §12).
var contactRules = &rest.Rules{
	Object:    "contact",
	ReadOnly:  []string{"mobileGuid", "defaultPhoneType", "defaultPhoneNbr", "defaultPhoneExtension", "typeIds"},
	Transient: []string{"ignoreDuplicates", "portalPassword"},
	Required:  []string{"firstName"},
	Complete: func(c *rest.Call, w *rest.Change) {
		if company, ok := c.World().Table(store.Companies).Get(w.New.Ref("company")); ok {
			w.Default("site", company.Values["site"])
		}
	},
	Check:   func(c *rest.Call, w *rest.Change) *rest.Error { return checkPlace(c, w, "contact") },
	Settle:  settleContact,
	Deleted: transfer,
	Audit: &rest.Audit{Type: "Contact", Subject: "Contact", Members: []rest.Audited{
		{Member: "name", Caption: "Name", SubType: "Contact"}, {Member: "company", Caption: "Company", SubType: "Company"},
		{Member: "site", Caption: "Site", SubType: "Site"}, {Member: "inactiveFlag", Caption: "Inactive", SubType: "Contact"},
	}},
}

func settleContact(c *rest.Call, w *rest.Change) {
	v := w.New.Values
	if w.IsNew() {
		w.New.Custom = map[int64]any{}
		v["mobileGuid"] = seed.StableGUID("contact", c.World().Table(store.Contacts).NextID())
	}
	v["name"] = strings.TrimSpace(w.New.Text("firstName") + " " + w.New.Text("lastName"))
	for member, value := range map[string]any{
		"inactiveFlag": false, "marriedFlag": false, "childrenFlag": false, "disablePortalLoginFlag": true, "unsubscribeFlag": false,
		"defaultBillingFlag": false, "defaultFlag": false, "types": []any{}, "communicationItems": []any{},
	} {
		w.Default(member, value)
	}
	settleCommunications(c, w)
}

// settleCommunications numbers the items of a contact and leaves one default
// of each kind: the last that asks for it.
func settleCommunications(c *rest.Call, w *rest.Change) {
	v := w.New.Values
	for _, member := range []string{"defaultPhoneType", "defaultPhoneNbr", "defaultPhoneExtension"} {
		delete(v, member)
	}
	items, _ := v["communicationItems"].([]any)
	next := nextCommunicationID(c)
	defaults := map[string]bool{}
	for _, item := range slices.Backward(items) {
		item, ok := item.(store.Object)
		if !ok {
			continue
		}
		if item["id"] == nil {
			item["id"] = next
			next++
		}
		id, _ := item["type"].(store.Ref)
		typ, _ := c.World().Table(store.CommunicationTypes).Get(int64(id))
		kind := communicationKind(typ)
		item["communicationType"] = kind
		delete(item, "domain")
		if mail, _ := item["value"].(string); kind == "Email" && strings.Contains(mail, "@") {
			item["domain"] = mail[strings.IndexByte(mail, '@'):]
		}
		item["defaultFlag"] = item["defaultFlag"] == true && !defaults[kind]
		if item["defaultFlag"] == true {
			defaults[kind] = true
			if kind == "Phone" {
				v["defaultPhoneNbr"], v["defaultPhoneType"] = item["value"], typ.Values["description"]
				if item["extension"] != nil {
					v["defaultPhoneExtension"] = item["extension"]
				}
			}
		}
	}
}

// communicationKind is Email, Fax or Phone, by the item's type.
func communicationKind(typ *store.Record) string {
	switch {
	case typ == nil:
	case typ.Flag("emailFlag"):
		return "Email"
	case typ.Flag("faxFlag"):
		return "Fax"
	}
	return "Phone"
}

func nextCommunicationID(c *rest.Call) int64 {
	highest := int64(0)
	for _, r := range c.World().Table(store.Contacts).All() {
		items, _ := r.Values["communicationItems"].([]any)
		for _, i := range items {
			item, _ := i.(store.Object)
			id, _ := item["id"].(int64)
			highest = max(highest, id)
		}
	}
	return highest + 1
}

// mountContacts adds what contacts have beside the common form.
func mountContacts(on rest.On) {
	rest.Derived{Path: contacts.Path + "/{id}/communications", Type: "ContactCommunication", Label: "Communication", List: communications}.Mount(on)
	on(http.MethodDelete, contacts.Path+"/{id}", rest.Writes, deleteContact)
}

// communications are the items of a contact as records of their own.
func communications(c *rest.Call) ([]*store.Record, *rest.Error) {
	contact, err := contacts.One(c, rest.Inquire)
	if err != nil {
		return nil, err
	}
	items, _ := contact.Values["communicationItems"].([]any)
	var out []*store.Record
	for _, i := range items {
		item, _ := i.(store.Object)
		values := item.Clone()
		values["contactId"] = contact.ID
		id, _ := item["id"].(int64)
		out = append(out, &store.Record{ID: id, Parent: contact.ID, Values: values, Updated: contact.Updated, UpdatedBy: contact.UpdatedBy})
	}
	return out, nil
}

// deleteContact hands what refers to the contact over to another, where the
// query names one: the document has that parameter in the path, which has no
// place for it (connectwise.md §12).
func deleteContact(c *rest.Call) (rest.Answer, *rest.Error) {
	contact, err := contacts.One(c, rest.Delete)
	if err != nil {
		return rest.Answer{}, err
	}
	if given := c.Query("transferContactId"); given != "" {
		id, parseErr := strconv.ParseInt(given, 10, 32)
		to, ok := c.World().Table(store.Contacts).Get(id)
		if parseErr != nil || !ok || to.ID == contact.ID {
			return rest.Answer{}, rest.InvalidObject("contact", rest.NotFoundDetail(fmt.Sprintf("contact %s not found", given), "transferContactId"))
		}
		for _, table := range []string{store.Tickets, store.Configurations} {
			for _, r := range c.World().Table(table).All() {
				if r.Ref("contact") == contact.ID {
					c.Update(table, r.ID, func(r *store.Record) { r.Values["contact"] = store.Ref(to.ID) })
				}
			}
		}
	}
	return contacts.Remove(c, contact)
}

// transfer takes a deleted contact out of what names it.
func transfer(c *rest.Call, r *store.Record) {
	for _, table := range []string{store.Configurations, store.Agreements} {
		for _, other := range c.World().Table(table).All() {
			if other.Ref("contact") == r.ID {
				c.Update(table, other.ID, func(o *store.Record) { delete(o.Values, "contact") })
			}
		}
	}
	for _, company := range c.World().Table(store.Companies).All() {
		if company.Ref("defaultContact") == r.ID {
			c.Update(store.Companies, company.ID, func(o *store.Record) { delete(o.Values, "defaultContact") })
		}
	}
}
