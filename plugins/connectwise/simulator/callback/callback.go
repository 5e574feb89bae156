// Package callback serves the registration of callbacks, which tell another
// system of the tenant's changes (connectwise.md §13).
package callback

import (
	"net/url"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// Area is the callbacks' part of the API. They are one of the setup tables.
func Area() rest.Area {
	return rest.Area{Resources: []*rest.Resource{
		{Path: "/system/callbacks", Table: store.Callbacks, Label: "Callback Entry", Right: seed.TableSetup, Rules: rules},
	}}
}

const object = "callbackEntry"

var rules = &rest.Rules{
	Object:   object,
	ReadOnly: []string{"memberId", "connectWiseID"},
	Defaults: defaults,
	Check:    check,
}

// payloadVersion is that of the bodies that are delivered.
const payloadVersion = "3.0.0"

// defaults fills in what the caller left open, and writes type and level as
// answers have them. The record that level owner means is 1; 0 is taken for it.
func defaults(c *rest.Call, w *rest.Change) {
	v := w.New.Values
	if w.IsNew() {
		v["memberId"] = c.Member.ID
	}
	for _, member := range []string{"type", "level"} {
		if text, ok := v[member].(string); ok {
			v[member] = strings.ToLower(text)
		}
	}
	if v["level"] == ownerLevel && v["objectId"] == int64(0) {
		v["objectId"] = int64(1)
	}
	w.Default("payloadVersion", payloadVersion)
	for _, flag := range []string{"inactiveFlag", "isSoapCallbackFlag", "isSelfSuppressedFlag"} {
		w.Default(flag, false)
	}
}

// check refuses a URL that is none, a level that the type does not have, and
// a second callback that is the same. The refusal of an unknown type is
// modelled on that of a level. Whether there is a record with the id is not
// known to be checked.
func check(c *rest.Call, w *rest.Change) *rest.Error {
	var out []rest.Detail
	if u, err := url.Parse(w.New.Text("url")); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		out = append(out, rest.InvalidField("url", "Invalid URL"))
	}
	switch known, has := fits(w.New.Text("type"), w.New.Text("level")); {
	case !known:
		out = append(out, rest.Detail{Code: "InvalidObject", Message: "Unrecognized type, see documentation for supported types", Field: "type"})
	case !has:
		out = append(out, rest.Detail{
			Code: "InvalidObject", Message: "Unrecognized level for type, see documentation for supported levels for each type", Field: "level",
		})
	case exists(c, w.New):
		out = append(out, rest.Detail{Code: "ObjectExists", Message: "A matching callback entry already exists", Field: "objectId"})
	}
	if out != nil {
		return rest.InvalidObject(object, out...)
	}
	return nil
}

// exists tells whether another callback is registered for the same.
func exists(c *rest.Call, r *store.Record) bool {
	_, found := c.World().Table(store.Callbacks).Find(func(other *store.Record) bool {
		if other.ID == r.ID {
			return false
		}
		for _, member := range []string{"url", "type", "level", "objectId"} {
			if other.Values[member] != r.Values[member] {
				return false
			}
		}
		return true
	})
	return found
}
