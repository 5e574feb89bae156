package company

import (
	"slices"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// contactRules: the spec requires nothing, the server asks for the first name
// (connectwise.md §12).
var contactRules = &rest.Rules{
	Object:    "contact",
	ReadOnly:  []string{"mobileGuid", "defaultPhoneType", "defaultPhoneNbr", "defaultPhoneExtension"},
	Transient: []string{"ignoreDuplicates"},
	Required:  []string{"firstName"},
	Settle:    settleContact,
}

func settleContact(c *rest.Call, w *rest.Change) {
	v := w.New.Values
	if w.New.Custom == nil {
		w.New.Custom = map[int64]any{}
	}
	v["name"] = strings.TrimSpace(w.New.Text("firstName") + " " + w.New.Text("lastName"))
	w.Default("inactiveFlag", false)
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
	w.Default("communicationItems", []any{})
}

// communicationKind is Email, Fax or Phone, by the item's type.
func communicationKind(c *rest.Call, item store.Object) string {
	id, _ := item["type"].(store.Ref)
	kind, ok := c.World().Table(store.CommunicationTypes).Get(int64(id))
	switch {
	case ok && kind.Flag("emailFlag"):
		return "Email"
	case ok && kind.Flag("faxFlag"):
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
