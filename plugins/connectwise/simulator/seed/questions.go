package seed

import "github.com/deskgate/deskgate/plugins/connectwise/simulator/store"

// question is what a type of configuration asks.
type question struct {
	id, kind int64
	text     string
	field    string
	entry    string
	options  []string
	required bool
}

var questions = []question{
	{501, serverConfiguration, "Backup enabled", "Checkbox", "EntryField", nil, false},
	{502, serverConfiguration, "Memory (GB)", "Number", "EntryField", nil, false},
	{503, serverConfiguration, "Role", "Text", "List", []string{"Domain Controller", "File Server", "Application Server"}, false},
	{511, workstationConfiguration, "Assigned user", "Text", "EntryField", nil, false},
	{512, workstationConfiguration, "Encrypted", "Checkbox", "EntryField", nil, false},
	{521, firewallConfiguration, "Admin URL", "Hyperlink", "EntryField", nil, false},
	{522, firewallConfiguration, "Support until", "Date", "Date", nil, false},
}

// questionnaires enters what types of configurations ask, and the answers of
// those that there are.
func (b *builder) questionnaires() {
	value := int64(601)
	for i, q := range questions {
		b.put(store.ConfigurationQuestions, q.id, q.kind, store.Object{
			"configurationType": store.Ref(q.kind), "fieldType": q.field, "entryType": q.entry, "sequenceNumber": float64(i + 1),
			"question": q.text, "numberOfDecimals": int64(0), "requiredFlag": q.required, "inactiveFlag": false,
		})
		for _, o := range q.options {
			b.put(store.QuestionValues, value, q.id, store.Object{
				"configurationType": store.Ref(q.kind), "question": store.Ref(q.id), "value": o, "defaultFlag": false, "inactiveFlag": false,
			})
			value++
		}
	}
	for _, r := range b.world.Table(store.Configurations).All() {
		r.Values["questions"] = Questionnaire(b.world, r, func(q *store.Record) any { return b.answer(r, q) })
		r.Custom = b.customValues(ConfigurationPod, 40)
	}
}

func (b *builder) answer(r, q *store.Record) any {
	switch q.ID {
	case 501, 512:
		return b.chance(80)
	case 502:
		return float64(int(16) << b.rng.IntN(4))
	case 503:
		return pick(b, questions[2].options)
	case 511:
		contact, _ := b.world.Table(store.Contacts).Get(r.Ref("contact"))
		return contact.Values["name"]
	case 521:
		return "https://" + r.Text("ipAddress") + "/admin"
	}
	return date(b.start.AddDate(b.rng.IntN(3), 0, 0))
}

// Questionnaire is what a configuration shows of its type's questions, in
// their order, each with its answer; nil is none.
func Questionnaire(w *store.World, r *store.Record, answer func(question *store.Record) any) []any {
	out := []any{}
	for _, q := range w.Table(store.ConfigurationQuestions).Children(r.Ref("type")) {
		if q.Flag("inactiveFlag") {
			continue
		}
		entry := store.Object{
			"answerId": r.ID*100 + int64(len(out)) + 1, "questionId": q.ID, "question": q.Values["question"],
			"sequenceNumber": q.Values["sequenceNumber"], "numberOfDecimals": q.Values["numberOfDecimals"],
			"fieldType": q.Values["fieldType"], "requiredFlag": q.Values["requiredFlag"],
		}
		if v := answer(q); v != nil {
			entry["answer"] = v
		}
		out = append(out, entry)
	}
	return out
}

// people enters the kinds and departments of contacts.
func (b *builder) people() {
	for id, name := range map[int64]string{1: "End User", 2: "Approver", 3: "Billing"} {
		b.put(store.ContactTypes, id, 0, store.Object{"description": name, "defaultFlag": id == 1, "serviceAlertFlag": false})
	}
	for id, name := range map[int64]string{1: "Office", 2: "Operations"} {
		b.put(store.ContactDepartments, id, 0, store.Object{"name": name})
	}
}
