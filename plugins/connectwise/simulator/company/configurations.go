package company

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

const configurationsPath = "/company/configurations"

var configurations = &rest.Resource{
	Path: configurationsPath, Table: store.Configurations, Label: "Configuration", Right: seed.Configurations, Rules: configurationRules,
}

// mountConfigurations adds what configurations have beside the common form.
func mountConfigurations(on rest.On) {
	change, rules := *configurations, *configurationRules
	rules.Check = checkConfiguration
	change.Rules = &rules
	on(http.MethodPatch, configurationsPath+"/{id}/changeType", rest.Writes, change.Patch)
	mountBulk(on)
}

var configurationRules = &rest.Rules{
	Object:    "configuration",
	ReadOnly:  []string{"mobileGuid"},
	Transient: []string{"showRemoteFlag", "showAutomateFlag"},
	Defaults: func(c *rest.Call, w *rest.Change) {
		if w.IsNew() {
			w.New.Custom = c.EmptyCustom(seed.ConfigurationPod)
			w.New.ID = c.World().Table(store.Configurations).NextID()
			w.New.Values["mobileGuid"] = seed.StableGUID("configuration", w.New.ID)
		}
		w.Default("status", c.DefaultOf(store.ConfigurationStatuses))
		for member, v := range map[string]any{"activeFlag": true, "billFlag": false} {
			w.Default(member, v)
		}
	},
	Check: checkSameType,
	Deleted: func(c *rest.Call, r *store.Record) {
		links := c.World().Table(store.TicketConfigurations)
		for _, l := range links.All() {
			if l.Ref("configuration") == r.ID {
				links.Delete(l.ID)
			}
		}
	},
	Audit: &rest.Audit{Type: "Configuration", Subject: "Configuration", Members: []rest.Audited{
		{Member: "name", Caption: "Name", SubType: "Configuration"}, {Member: "status", Caption: "Status", SubType: "Status"},
		{Member: "type", Caption: "Type", SubType: "Configuration"}, {Member: "company", Caption: "Company", SubType: "Company"},
		{Member: "contact", Caption: "Contact", SubType: "Contact"}, {Member: "serialNumber", Caption: "Serial Number", SubType: "Configuration"},
	}},
}

// checkSameType refuses another type: for that is changeType, whose existence
// is all that the documents say of it.
func checkSameType(c *rest.Call, w *rest.Change) *rest.Error {
	if !w.IsNew() && w.Moved("type") {
		return rest.InvalidObject("configuration", rest.InvalidField("type", "The type of a configuration is changed by changeType."))
	}
	return checkConfiguration(c, w)
}

func checkConfiguration(c *rest.Call, w *rest.Change) *rest.Error {
	if details := takeAnswers(c, w); details != nil {
		return rest.InvalidObject("configuration", details...)
	}
	return checkPlace(c, w, "configuration")
}

// checkPlace refuses a contact or a site of another company.
func checkPlace(c *rest.Call, w *rest.Change, object string) *rest.Error {
	company := w.New.Ref("company")
	if site, ok := c.World().Table(store.Sites).Get(w.New.Ref("site")); ok && company != 0 && site.Parent != company {
		return rest.InvalidObject(object, rest.NotFoundDetail(fmt.Sprintf("site %d not found", site.ID), "site/id"))
	}
	if contact, ok := c.World().Table(store.Contacts).Get(w.New.Ref("contact")); ok && company != 0 && contact.Ref("company") != company {
		return rest.InvalidObject(object, rest.NotFoundDetail(fmt.Sprintf("contact %d not found", contact.ID), "contact/id"))
	}
	return nil
}

// takeAnswers gives the configuration the questions of its type with the
// answers that the caller wrote by questionId; a question that he leaves out
// keeps its answer. What the vendor does with those is not documented.
func takeAnswers(c *rest.Call, w *rest.Change) []rest.Detail {
	answers := map[int64]any{}
	if w.Old != nil {
		collect(answers, w.Old.Values["questions"])
	}
	given := map[int64]any{}
	collect(given, w.New.Values["questions"])
	known := c.World().Table(store.ConfigurationQuestions).Children(w.New.Ref("type"))
	var out []rest.Detail
	for id, v := range given {
		i := slices.IndexFunc(known, func(q *store.Record) bool { return q.ID == id })
		if i < 0 {
			if w.Moved("type") && w.Old != nil {
				continue // an answer of the type that it had
			}
			out = append(out, rest.NotFoundDetail(fmt.Sprintf("question %d not found", id), "questions/questionId"))
			continue
		}
		converted, ok := answerOf(c, known[i], v)
		if !ok {
			out = append(out, rest.InvalidField("questions/answer", "The answer to %s is invalid.", known[i].Text("question")))
			continue
		}
		answers[id] = converted
	}
	for _, q := range known {
		if v := answers[q.ID]; q.Flag("requiredFlag") && (v == nil || v == "") {
			out = append(out, rest.RequiredField(q.Text("question")))
		}
	}
	w.New.Values["questions"] = seed.Questionnaire(c.World(), w.New, func(q *store.Record) any { return answers[q.ID] })
	return out
}

func collect(into map[int64]any, list any) {
	entries, _ := list.([]any)
	for _, e := range entries {
		if entry, ok := e.(store.Object); ok {
			if id, ok := entry["questionId"].(int64); ok {
				into[id] = entry["answer"]
			}
		}
	}
}

// answerOf converts an answer to the question's type.
func answerOf(c *rest.Call, q *store.Record, v any) (any, bool) {
	if q.Text("entryType") != "List" && q.Text("entryType") != "Option" || v == nil || v == "" {
		return rest.FieldValue(q.Text("fieldType"), v)
	}
	return v, slices.ContainsFunc(c.World().Table(store.QuestionValues).Children(q.ID), func(o *store.Record) bool {
		return o.Values["value"] == v && !o.Flag("inactiveFlag")
	})
}
