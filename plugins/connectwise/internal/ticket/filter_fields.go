package ticket

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// byRecordType leaves the lists of the forms named. That of a project's ticket is
// looked at in the row.
func (s *Service) byRecordType(_ context.Context, f *filter, r *psav1.ListTicketsRequest) error {
	if len(r.GetRecordType()) == 0 {
		return nil
	}
	wanted := map[api.TicketList]map[bool]bool{} // by list, by whether it is an issue
	for _, text := range r.GetRecordType() {
		var allowed []string
		known := false
		for _, form := range mapping.RecordTypes {
			allowed = append(allowed, form.Name)
			if strings.EqualFold(text, form.Name) || strings.EqualFold(strings.TrimPrefix(text, "id:"), form.ID) {
				known = true
				if wanted[form.List] == nil {
					wanted[form.List] = map[bool]bool{}
				}
				wanted[form.List][form.Issue] = true
			}
		}
		if !known {
			return fault.InvalidArgument("record_type", fmt.Sprintf("no record type is named %q", text), allowed...)
		}
	}
	f.and(func(l *listFilter) (api.Expr, bool) { return "", wanted[l.list] != nil })
	f.look(func(t *api.Ticket) bool { return wanted[t.List][t.IsIssue] })
	return nil
}

// byTime filters by times.
func (s *Service) byTime(_ context.Context, f *filter, r *psav1.ListTicketsRequest) error {
	if r.HasUpdatedSince() {
		f.all(api.Time("lastUpdated", api.Since, r.GetUpdatedSince().AsTime()))
	}
	if r.HasUpdatedBefore() {
		f.all(api.Time("lastUpdated", api.Before, r.GetUpdatedBefore().AsTime()))
	}
	if r.HasCreatedSince() {
		f.all(api.Time("dateEntered", api.Since, r.GetCreatedSince().AsTime()))
	}
	return nil
}

// byOwner filters by who owns. Whether nobody does is looked at again in the rows:
// null has an unsafe reputation.
func (s *Service) byOwner(ctx context.Context, f *filter, r *psav1.ListTicketsRequest) error {
	if len(r.GetOwner()) > 0 {
		ids, err := s.account.Tables.FilterMembers(ctx, "owner", r.GetOwner())
		if err != nil {
			return err
		}
		f.in("owner/id", ids)
	}
	if !r.HasUnassigned() {
		return nil
	}
	condition := api.NotNull("owner/id")
	if r.GetUnassigned() {
		condition = api.IsNull("owner/id")
	}
	f.all(condition)
	f.look(func(t *api.Ticket) bool { return (api.IDOf(t.Owner) == 0) == r.GetUnassigned() })
	return nil
}

func (s *Service) byPriority(ctx context.Context, f *filter, r *psav1.ListTicketsRequest) error {
	if len(r.GetPriority()) > 0 {
		ids, err := s.account.Tables.FilterPriorities(ctx, "priority", r.GetPriority())
		if err != nil {
			return err
		}
		f.in("priority/id", ids)
	}
	if len(r.GetPriorityLevel()) == 0 {
		return nil
	}
	set, err := s.account.Tables.Priorities(ctx)
	if err != nil {
		return err
	}
	f.in("priority/id", idsOf(slices.DeleteFunc(slices.Clone(set.Values), func(p setup.Priority) bool {
		return !slices.Contains(r.GetPriorityLevel(), p.Urgency)
	})))
	return nil
}

func (s *Service) byCustomer(ctx context.Context, f *filter, r *psav1.ListTicketsRequest) error {
	if len(r.GetCompany()) > 0 {
		ids, err := s.account.FilterCompanies(ctx, r.GetCompany())
		if err != nil {
			return err
		}
		f.in("company/id", ids)
	}
	if len(r.GetContact()) > 0 {
		ids, err := s.account.FilterContacts(ctx, r.GetContact())
		if err != nil {
			return err
		}
		f.in("contact/id", ids)
	}
	return nil
}

// byWords filters by what identifies a ticket and by its title. Project tickets
// have neither a parent nor an external id (connectwise.md §7).
func (s *Service) byWords(_ context.Context, f *filter, r *psav1.ListTicketsRequest) error {
	if r.HasNumber() {
		n, err := account.RecordID("ticket", r.GetNumber())
		f.and(func(*listFilter) (api.Expr, bool) { return api.EqInt("id", n), err == nil })
	}
	if r.HasParent() {
		n, err := account.RecordID("ticket", r.GetParent())
		f.only(api.ServiceTickets)
		f.and(func(*listFilter) (api.Expr, bool) { return api.EqInt("parentTicketId", n), err == nil })
	}
	if r.HasExternalId() {
		where, err := api.EqText("externalXRef", r.GetExternalId())
		if err != nil {
			return account.Unsearchable("external_id", err)
		}
		f.only(api.ServiceTickets)
		f.all(where)
		f.look(func(t *api.Ticket) bool { return t.ExternalXRef == r.GetExternalId() })
	}
	if r.HasText() {
		where, err := api.Contains("summary", r.GetText())
		if err != nil {
			return account.Unsearchable("text", err)
		}
		if n, err := account.RecordID("ticket", r.GetText()); err == nil {
			where = api.Or(where, api.EqInt("id", n))
		}
		f.all(where)
		f.look(func(t *api.Ticket) bool {
			return account.Holds(r.GetText(), t.Summary) || strconv.Itoa(t.ID) == r.GetText()
		})
	}
	return nil
}
