package mapping_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
)

// fill gives every field of a record a value that no other has.
func fill(v reflect.Value, next *int) {
	*next++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), next)
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d", *next))
	case reflect.Int:
		v.SetInt(int64(*next))
	case reflect.Float64:
		v.SetFloat(float64(*next))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			v.SetBytes(fmt.Appendf(nil, `"answer %d"`, *next))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), next)
	case reflect.Struct:
		if stamp, ok := reflect.TypeAssert[*api.Stamp](v.Addr()); ok {
			stamp.Time = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, *next)
			return
		}
		for _, f := range v.Fields() {
			fill(f, next)
		}
	}
}

// without returns a copy of a record without one of its fields.
func without[T any](record T, field int) T {
	v := reflect.ValueOf(&record).Elem().Field(field)
	v.SetZero()
	return record
}

// unused are the fields of a record that do not reach what it maps to.
func unused[T any](record T, mapped func(T) proto.Message) []string {
	var names []string
	whole := mapped(record)
	for n := range reflect.TypeFor[T]().NumField() {
		if proto.Equal(whole, mapped(without(record, n))) {
			names = append(names, reflect.TypeFor[T]().Field(n).Name)
		}
	}
	return names
}

// filled is a record that holds everything; some of it is then what it would be at
// the vendor.
func filled[T any](typical func(*T)) T {
	var record T
	next := 0
	fill(reflect.ValueOf(&record).Elem(), &next)
	if typical != nil {
		typical(&record)
	}
	return record
}

// TestEveryMemberReachesTheRecord takes each member that is read out of a record
// that holds everything: what it maps to has to change. Members that serve other
// ends are named with their reason.
func TestEveryMemberReachesTheRecord(t *testing.T) {
	t.Parallel()
	check := func(name string, got []string, elsewhere map[string]string) {
		t.Helper()
		seen := map[string]bool{}
		for _, member := range got {
			seen[member] = true
			if elsewhere[member] == "" {
				t.Errorf("%s: %s is read and lost", name, member)
			}
		}
		for member := range elsewhere {
			if !seen[member] {
				t.Errorf("%s: %s reaches the record", name, member)
			}
		}
	}

	ticket := filled(func(r *api.Ticket) {
		r.Severity, r.Impact, r.CC, r.Resources, r.List = "High", "Low", "a@x.example;", "somebody", api.ProjectTickets
	})
	check("ticket", unused(ticket, func(r api.Ticket) proto.Message {
		m := mapping.Ticket(&r, noNames)
		mapping.AddCustomFields(m, &r, setup.Set[setup.Field]{})
		mapping.AddCoOwners(m, &r, noNames)
		mapping.AddWatchers(m, &r)
		mapping.AddSLA(m, &r)
		return m
	}), map[string]string{
		"RecordType":            "the path says it",
		"ContactName":           "the contact's own name goes before it",
		"DateEnteredBefore2019": "_info goes before it",
		"EnteredByBefore2019":   "_info goes before it",
		"SLAStatus":             "a sentence of which no time can be told",
	})
	check("contact", unused(filled(func(r *api.Contact) { r.Communications[0].Kind = "Phone" }), func(r api.Contact) proto.Message {
		m := mapping.Contact(&r)
		mapping.AddContactFields(m, api.Row[api.Contact]{Record: r}, setup.Set[setup.Field]{})
		return m
	}), nil)
	check("way to reach a contact", unused(filled(func(r *api.CommunicationItem) { r.Kind, r.Type.Name = "Phone", "Mobile" }), func(r api.CommunicationItem) proto.Message {
		// A second one, which a default goes before.
		other := api.CommunicationItem{Kind: "Phone", Value: "1", Type: r.Type}
		return mapping.Contact(&api.Contact{Communications: []api.CommunicationItem{other, r}})
	}), map[string]string{"ID": "contacts show no ids of their numbers"})
	check("company", unused(filled[api.Company](nil), func(r api.Company) proto.Message {
		m := mapping.Company(&r, noNames)
		mapping.AddCompanyFields(m, api.Row[api.Company]{Record: r}, setup.Set[setup.Field]{})
		return m
	}), nil)
	check("site", unused(filled(func(r *api.Site) { r.Inactive = false }), func(r api.Site) proto.Message { return mapping.Site(&r, 1) }), map[string]string{"Inactive": "it is not"})
	check("configuration", unused(filled(func(r *api.Configuration) { r.Questions[0].Record.FieldType = "Text" }), func(r api.Configuration) proto.Message {
		m := mapping.Configuration(&r)
		mapping.AddConfigurationFields(m, api.Row[api.Configuration]{Record: r}, setup.Set[setup.Field]{})
		return m
	}), map[string]string{"OSInfo": "the type of the system goes before it; a builtin custom field shows it"})
	check("note", unused(filled(func(r *api.Note) { r.NoteType, r.Bundled, r.Resolution = "TimeEntryNote", false, false }), func(r api.Note) proto.Message {
		return mapping.Note(1, &r, false, noNames)
	}), map[string]string{
		"TicketID": "the path says it", "InternalAnalysis": "what shows to customers goes before it", "Bundled": "it is not", "Resolution": "it is not",
		"Merged": "the text of a time entry goes before it", "Member": "the contact goes before it", "OriginalAuthor": "the contact goes before it",
		"CreatedBy": "the contact goes before it", "Ticket": "it tells the notes of merged tickets apart",
	})
	for name, r := range map[string]api.Note{
		"of a member": {Member: &api.Ref{ID: 5, Name: "x"}}, "of a login": {CreatedBy: "x"}, "of an author": {OriginalAuthor: "x"},
		"merged": {Merged: true}, "bundled": {Bundled: true}, "of a resolution": {Resolution: true}, "of markdown": {IsMarkdown: true},
	} {
		if proto.Equal(mapping.Note(1, &r, false, noNames), mapping.Note(1, &api.Note{}, false, noNames)) {
			t.Errorf("a note %s is like any other", name)
		}
	}
	check("time entry", unused(filled(func(r *api.TimeEntry) {
		r.ChargeToType, r.BillableOption, r.ToInternal = mapping.ChargedToService, "Billable", false
	}), func(r api.TimeEntry) proto.Message {
		return mapping.TimeEntry(&r, noNames)
	}), map[string]string{
		"ActualHours": "the end goes before it", "ToDiscussion": "it goes to the resolution too", "ToResolution": "it goes to the discussion too",
		"ToInternal": "it does not", "Invoice": "the status goes before it", "InvoiceFlag": "the status goes before it", "DateEnteredFlat": "_info goes before it",
		"Location": "it tells which work roles a write may name", "LocationID": "it tells which work roles a write may name",
		"CustomFields": "the reader adds them",
	})
	for name, r := range map[string]api.TimeEntry{
		"on an invoice": {Invoice: &api.Ref{ID: 5}}, "marked as on an invoice": {InvoiceFlag: true}, "for the discussion": {ToDiscussion: true},
		"for the resolution": {ToResolution: true}, "of an old server": {DateEnteredFlat: api.Stamp{Time: time.Unix(1, 0)}},
	} {
		if proto.Equal(mapping.TimeEntry(&r, noNames), mapping.TimeEntry(&api.TimeEntry{}, noNames)) {
			t.Errorf("a time entry %s is like any other", name)
		}
	}
	check("schedule entry", unused(filled(func(r *api.ScheduleEntry) { r.Done = false }), func(r api.ScheduleEntry) proto.Message {
		return mapping.ScheduleEntry(&r, setup.Set[setup.ScheduleStatus]{}, noNames)
	}), map[string]string{
		"Done": "it is not", "Hours": "it is for the workload", "Type": "of the types, those of tickets are told apart", "NotificationSent": "it is for receipts",
	})
	check("line of the audit trail", unused(filled[api.AuditEntry](nil), func(r api.AuditEntry) proto.Message { return mapping.History(&r, noNames) }), map[string]string{
		"Source": "it tells lines apart",
	})
	check("document", unused(filled(func(r *api.Document) { r.Link, r.URL = false, false }), func(r api.Document) proto.Message { return mapping.Attachment(5, &r, noNames) }), map[string]string{
		"ServerFileName": "it is no link", "Link": "it is not", "URL": "it is not", "Info": "it tells when a lost write was done",
	})
	for name, r := range map[string]api.Document{"a link": {ServerFileName: "https://x.example", Link: true}, "a page": {ServerFileName: "https://x.example", URL: true}} {
		if mapping.Attachment(5, &r, noNames).GetLink() == "" {
			t.Errorf("%s has no address", name)
		}
	}
	member := filled[api.Member](nil)
	desk := setup.Board{Board: api.Board{ID: member.ExcludedBoards[0], Name: "Desk"}}
	check("technician", unused(member, func(r api.Member) proto.Message {
		return mapping.Technician(setup.Member{Member: r}, noNames, []setup.Board{desk}, nil)
	}), map[string]string{
		"LicenseClass": "of the classes, only the one of API members is told apart", "OfficeEmail": "the primary address goes before it",
		"Location": "it tells which work roles the member may book", "WorkRole": "it is the default among them", "Calendar": "it is for the availability", "DailyCapacity": "it is for the workload",
		"TimeZone": "only a zone whose name is known is shown", "Info": "technicians have no version",
	})
}
