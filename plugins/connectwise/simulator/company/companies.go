package company

import (
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// companyRules: a new company brings its first site by name (connectwise.md
// §12).
var companyRules = &rest.Rules{
	Object:   "company",
	ReadOnly: []string{"dateDeleted", "deletedBy", "mobileGuid"},
	Defaults: func(c *rest.Call, w *rest.Change) {
		if !w.IsNew() {
			return
		}
		w.New.Custom = c.EmptyCustom(seed.CompanyPod)
		w.Given["site"] = w.New.Values["site"]
		delete(w.New.Values, "site")
		w.New.Values["deletedFlag"] = false
		if status, ok := c.World().Table(store.CompanyStatuses).Find(func(r *store.Record) bool { return r.Flag("defaultFlag") }); ok {
			w.Default("status", store.Ref(status.ID))
		}
	},
	Check: func(_ *rest.Call, w *rest.Change) *rest.Error {
		if !w.IsNew() {
			return nil
		}
		if site, _ := w.Given["site"].(store.Object); site["name"] == nil {
			return rest.InvalidObject("company", rest.RequiredField("site"))
		}
		if types, _ := w.New.Values["types"].([]any); len(types) == 0 {
			return rest.InvalidObject("company", rest.RequiredField("types"))
		}
		return nil
	},
	Saved: func(c *rest.Call, w *rest.Change) {
		if !w.IsNew() {
			return
		}
		given, _ := w.Given["site"].(store.Object)
		site := c.Insert(store.Sites, w.New.ID, store.Object{
			"name": given["name"], "company": store.Ref(w.New.ID), "primaryAddressFlag": true, "inactiveFlag": false,
		})
		w.New.Values["site"] = store.Ref(site.ID)
	},
}
