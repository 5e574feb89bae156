package connector

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/etag"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// status is one of the statuses that every My PSA has.
type status struct {
	id, name string
	category psav1.Category_V
}

// Entry is what a status is found by.
func (s status) Entry() catalogue.Entry { return catalogue.Entry{ID: s.id, Name: s.name} }

var statuses = catalogue.List[status]{What: "status", Values: []status{
	{"new", "New", psav1.Category_NEW},
	{"open", "Open", psav1.Category_IN_PROGRESS},
	{"waiting", "Waiting for customer", psav1.Category_WAITING_CUSTOMER},
	{"closed", "Closed", psav1.Category_CLOSED},
}}

// priority is one of the priorities that every My PSA has.
type priority struct {
	id, name string
	level    int32
}

// Entry is what a priority is found by.
func (p priority) Entry() catalogue.Entry { return catalogue.Entry{ID: p.id, Name: p.name} }

var priorities = catalogue.List[priority]{What: "priority", Values: []priority{
	{"urgent", "Urgent", 1}, {"high", "High", 2}, {"normal", "Normal", 3}, {"low", "Low", 4},
}}

// unsupported are the fields of a ticket that My PSA has not.
var unsupported = []string{
	"record_type", "impact", "urgency", "queue", "type", "subtype", "item", "source", "owner", "co_owners", "site", "contact", "watchers",
	"configurations", "parent", "problem", "resolution", "due_at", "estimated_seconds", "agreement", "work_type", "custom_fields",
	"notify", "catalog_item", "variables",
}

// neutral is a ticket as callers see it. What a list row carries besides is the
// caller's choice.
func (a *api) neutral(t *ticket, raw json.RawMessage, with func(psav1.Include_V) bool) *psav1.Ticket {
	id := strconv.Itoa(t.ID)
	b := psav1.Ticket_builder{
		Id: &id, Number: &t.Number, Kind: new(psav1.Kind_SERVICE), Title: &t.Subject,
		Status: neutralStatus(t.Status), Priority: neutralPriority(t.Priority),
		Company:   psav1.Reference_builder{Id: new(strconv.Itoa(t.Customer.ID)), Name: &t.Customer.Name}.Build(),
		CreatedAt: timestamppb.New(t.Created), UpdatedAt: timestamppb.New(t.Updated),
		Url: new(a.site + "/tickets/" + id),
	}
	if t.Reference != "" {
		b.ExternalId = &t.Reference
	}
	out := b.Build()
	out.SetEtag(etag.Of(strconv.Itoa(t.Version), out)) // over what every row carries
	if with(psav1.Include_DESCRIPTION) && t.Details != "" {
		out.SetDescription(lines(t.Details))
	}
	if with(psav1.Include_VENDOR) {
		out.SetVendor(raw)
	}
	return out
}

// lines is a text of several lines as callers see it: My PSA keeps the ends of lines
// as they came.
func lines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

func neutralStatus(id string) *psav1.Status {
	for _, s := range statuses.Values {
		if s.id == id {
			return psav1.Status_builder{Id: &s.id, Name: &s.name, Category: &s.category}.Build()
		}
	}
	return psav1.Status_builder{Id: &id, Name: &id}.Build()
}

func neutralPriority(id string) *psav1.Priority {
	for _, p := range priorities.Values {
		if p.id == id {
			return psav1.Priority_builder{Id: &p.id, Name: &p.name, Level: &p.level}.Build()
		}
	}
	return psav1.Priority_builder{Id: &id, Name: &id}.Build()
}

// pickStatus finds the status that a write means; by category it is the one of
// that category.
func pickStatus(s *psav1.Status) (string, error) {
	if !s.HasId() && !s.HasName() {
		return byCategory(s.GetCategory())
	}
	found, err := statuses.Pick("status", catalogue.Named(s))
	if err == nil && s.HasCategory() && s.GetCategory() != found.category {
		err = catalogue.Contradiction("status", fmt.Sprintf("%q is %s", found.name, found.category), fmt.Sprintf("the category says %s", s.GetCategory()))
	}
	return found.id, err
}

func pickPriority(p *psav1.Priority) (string, error) {
	if !p.HasId() && !p.HasName() {
		return byLevel(p.GetLevel())
	}
	found, err := priorities.Pick("priority", catalogue.Named(p))
	if err == nil && p.HasLevel() && p.GetLevel() != found.level {
		err = catalogue.Contradiction("priority", fmt.Sprintf("%q is of level %d", found.name, found.level), fmt.Sprintf("the level says %d", p.GetLevel()))
	}
	return found.id, err
}
