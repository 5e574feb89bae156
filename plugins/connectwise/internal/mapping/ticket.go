// Package mapping turns ConnectWise's records into neutral ones. It makes no
// request: what it needs to know of names is handed in.
package mapping

import (
	"cmp"
	"math"
	"strconv"
	"strings"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/etag"
)

// Names is what records only point at: the meaning of statuses and priorities,
// and who people are.
type Names struct {
	Status     func(boardID, statusID int) (setup.Status, bool)
	Priorities setup.Set[setup.Priority] // where tickets are mapped
	Members    setup.Members
	AgentID    int    // the member that writes are attributed to
	PageURL    string // what a ticket's page begins with, or ""
	MergeField int    // the custom field that says what a project ticket was merged into, or 0
}

// notInRows names the fields of a ticket that a list row does not carry unless
// asked to; they do not count for the etag.
var notInRows = []protoreflect.Name{
	"description", "resolution", "custom_fields", "configurations", "co_owners", "watchers", "sla", "vendor",
}

// RecordTypes are the forms of tickets that there are, each with the list that
// it is in (connectwise.md §7).
var RecordTypes = []struct {
	ID, Name string
	List     api.TicketList
	Issue    bool // of a project
}{
	{"ServiceTicket", "Service Ticket", api.ServiceTickets, false},
	{"ProjectTicket", "Project Ticket", api.ProjectTickets, false},
	{"ProjectIssue", "Project Issue", api.ProjectTickets, true},
}

// recordType is the form of a ticket. Project tickets do not tell theirs.
func recordType(t *api.Ticket) *psav1.Reference {
	for _, r := range RecordTypes {
		if r.List == cmp.Or(t.List, api.ServiceTickets) && r.Issue == t.IsIssue {
			return psav1.Reference_builder{Id: new(r.ID), Name: new(r.Name)}.Build()
		}
	}
	return nil
}

// Kind is the kind of the tickets of a list.
func Kind(l api.TicketList) psav1.Kind_V {
	if l == api.ProjectTickets {
		return psav1.Kind_PROJECT
	}
	return psav1.Kind_SERVICE
}

// Ticket maps what every list row carries, with the etag.
func Ticket(t *api.Ticket, n Names) *psav1.Ticket {
	created := t.Info.DateEntered
	if created.IsZero() {
		created = t.DateEnteredBefore2019
	}
	b := psav1.Ticket_builder{
		Id:         new(strconv.Itoa(t.ID)),
		Number:     new(strconv.Itoa(t.ID)),
		Kind:       new(Kind(t.List)),
		RecordType: recordType(t),
		Title:      text(t.Summary),
		Status:     ticketStatus(t, n),
		Priority:   priority(t.Priority, n),
		Impact:     grade(t.Impact),
		Urgency:    grade(t.Severity),
		Queue:      Reference(t.Board),
		Type:       Reference(t.Type),
		Subtype:    Reference(t.SubType),
		Item:       Reference(t.Item),
		Source:     Reference(t.Source),
		Owner:      MemberReference(t.Owner, n),
		Company:    Reference(t.Company),
		Site:       Reference(t.Site),
		Contact:    contact(t),
		CreatedBy:  createdBy(t, n),
		CreatedAt:  Timestamp(created),
		UpdatedAt:  Timestamp(t.Info.LastUpdated),
		DueAt:      Timestamp(t.RequiredDate),
		ResolvedAt: Timestamp(t.DateResolved),
		ClosedAt:   Timestamp(t.ClosedDate),
		Agreement:  Reference(t.Agreement),
		WorkType:   Reference(t.WorkType),
		ExternalId: text(t.ExternalXRef),
	}
	b.EstimatedSeconds = seconds(t.BudgetHours)
	b.ActualSeconds = seconds(t.ActualHours)
	if t.ParentTicketID > 0 {
		b.Parent = psav1.Reference_builder{Id: new(strconv.Itoa(t.ParentTicketID))}.Build()
	}
	b.MergedInto = MergedInto(t, n)
	if n.PageURL != "" && t.List != api.ProjectTickets {
		b.Url = new(n.PageURL + strconv.Itoa(t.ID))
	}
	ticket := b.Build()
	ticket.SetEtag(etag.Of(api.FormatTime(t.Info.LastUpdated.Time), ticket, notInRows...))
	return ticket
}

// ticketStatus is the status with its category. A status that the board does not
// know any more is judged by what the ticket itself tells.
func ticketStatus(t *api.Ticket, n Names) *psav1.Status {
	if t.Status == nil {
		return nil
	}
	b := psav1.Status_builder{Id: new(strconv.Itoa(t.Status.ID)), Name: text(t.Status.Name)}
	boardID := 0
	if t.Board != nil {
		boardID = t.Board.ID
	}
	s, known := n.Status(boardID, t.Status.ID)
	switch {
	case known:
		b.Category = new(s.Category)
	case t.ClosedFlag:
		b.Category = new(psav1.Category_CLOSED)
	default:
		b.Category = new(psav1.Category_IN_PROGRESS)
	}
	return b.Build()
}

func priority(r *api.Ref, n Names) *psav1.Priority {
	if r == nil {
		return nil
	}
	b := psav1.Priority_builder{Id: new(strconv.Itoa(r.ID)), Name: text(r.Name)}
	if p, ok := n.Priorities.ByID(r.ID); ok {
		b.Level = new(p.Urgency)
	}
	return b.Build()
}

// The grades of severity and impact (connectwise.md §7).
var grades = map[string]psav1.Grade_V{"high": psav1.Grade_HIGH, "medium": psav1.Grade_MEDIUM, "low": psav1.Grade_LOW}

func grade(s string) *psav1.Grade_V {
	if g, ok := grades[strings.ToLower(s)]; ok {
		return &g
	}
	return nil
}

// VendorGrade is a grade as the vendor writes it.
func VendorGrade(g psav1.Grade_V) string {
	switch g {
	case psav1.Grade_HIGH:
		return "High"
	case psav1.Grade_LOW:
		return "Low"
	}
	return "Medium"
}

// contact is the person at the company. A ticket can name one who is no contact.
func contact(t *api.Ticket) *psav1.ContactReference {
	b := psav1.ContactReference_builder{Email: text(t.ContactEmail)}
	if t.Contact != nil && t.Contact.ID != 0 {
		b.Id, b.Name = new(strconv.Itoa(t.Contact.ID)), text(t.Contact.Name)
	}
	if b.Name == nil {
		b.Name = text(t.ContactName)
	}
	if b.Id == nil && b.Name == nil && b.Email == nil {
		return nil
	}
	return b.Build()
}

func createdBy(t *api.Ticket, n Names) *psav1.Party {
	login := t.Info.EnteredBy
	if login == "" {
		login = t.EnteredByBefore2019
	}
	return PartyByLogin(login, n)
}

// AddCoOwners adds who is scheduled on the ticket besides the owner.
func AddCoOwners(ticket *psav1.Ticket, t *api.Ticket, n Names) {
	owners := []*psav1.Reference{}
	for login := range strings.SplitSeq(t.Resources, ",") {
		login = strings.TrimSpace(login)
		if login == "" || t.Owner != nil && strings.EqualFold(login, t.Owner.Identifier) {
			continue
		}
		if m, ok := n.Members.ByLogin(login); ok {
			if t.Owner == nil || m.ID != t.Owner.ID {
				owners = append(owners, psav1.Reference_builder{Id: new(strconv.Itoa(m.ID)), Name: new(m.FullName())}.Build())
			}
			continue
		}
		owners = append(owners, psav1.Reference_builder{Name: new(login)}.Build())
	}
	ticket.SetCoOwners(owners)
}

// AddWatchers adds who is copied on the ticket's mail.
func AddWatchers(ticket *psav1.Ticket, t *api.Ticket) {
	watchers := []*psav1.Party{}
	for _, address := range Addresses(t.CC) {
		watchers = append(watchers, psav1.Party_builder{Kind: new(psav1.PartyKind_UNKNOWN), Email: new(address)}.Build())
	}
	ticket.SetWatchers(watchers)
}

// Addresses splits the vendor's list of addresses.
func Addresses(cc string) []string {
	var list []string
	for address := range strings.SplitSeq(cc, ";") {
		if address = strings.TrimSpace(address); address != "" {
			list = append(list, address)
		}
	}
	return list
}

// AddSLA adds the agreement on times. Servers before 2026.4 tell the goals as
// text only, which is not guessed at.
func AddSLA(ticket *psav1.Ticket, t *api.Ticket) {
	b := psav1.Sla_builder{
		Policy:      Reference(t.SLA),
		RespondBy:   Timestamp(t.RespondByGoal),
		RespondedAt: Timestamp(t.DateResponded),
		ResolveBy:   Timestamp(t.ResolutionGoal),
		Met:         t.IsInSLA,
	}
	if b.Policy != nil || b.RespondBy != nil || b.RespondedAt != nil || b.ResolveBy != nil || b.Met != nil {
		ticket.SetSla(b.Build())
	}
}

// Reference maps a reference; the name is the identifier where there is no other.
func Reference(r *api.Ref) *psav1.Reference {
	if r == nil || r.ID == 0 {
		return nil
	}
	name := r.Name
	if name == "" {
		name = r.Identifier
	}
	return psav1.Reference_builder{Id: new(strconv.Itoa(r.ID)), Name: text(name)}.Build()
}

// NewReference is a reference by id and name; an empty name is none.
func NewReference(id int, name string) *psav1.Reference {
	return psav1.Reference_builder{Id: new(strconv.Itoa(id)), Name: text(name)}.Build()
}

// Timestamp maps a time; the zero time is none.
func Timestamp(s api.Stamp) *timestamppb.Timestamp {
	if s.IsZero() {
		return nil
	}
	return timestamppb.New(s.Time)
}

// seconds maps hours.
func seconds(hours *float64) *int32 {
	if hours == nil {
		return nil
	}
	s := math.Round(*hours * time.Hour.Seconds())
	if s < 0 || s > math.MaxInt32 {
		return nil
	}
	return new(int32(s))
}

// text maps a text; the empty one is none.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
