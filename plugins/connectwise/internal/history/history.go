// Package history serves what happened on a ticket, as the audit trail of a
// ConnectWise keeps it.
package history

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

var _ psav1.TicketHistoryReaderServer = (*Service)(nil)

// Operations says how the history is served.
var Operations = []pluginsdk.OperationSupport{{
	Operation: "tickets.history",
	Reason:    "ConnectWise tells changes in prose: field, from and to stay unset, text has its words",
}}

// Service serves the history of one account's tickets.
type Service struct{ account *account.Account }

// New returns the service of an account.
func New(a *account.Account) *Service { return &Service{account: a} }

// place is where the next page begins: after the lines of a second that were given
// already. They have no ids, and are known by what they say.
type place struct {
	Time  int64    `json:"t,omitempty"` // in Unix seconds
	Given []string `json:"g,omitempty"`
}

// ListTicketHistory lists what changed on a ticket, oldest first. Each page reads
// the whole trail, since ConnectWise has no way to read on from a line.
func (s *Service) ListTicketHistory(ctx context.Context, r *psav1.ListTicketHistoryRequest) (*psav1.ListTicketHistoryResponse, error) {
	at, err := paging.Decode[place](r.GetPageToken())
	if err != nil {
		return nil, err
	}
	lines, err := s.lines(ctx, r.GetTicket())
	if err != nil {
		return nil, err
	}
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	if r.GetPageToken() != "" {
		lines = after(lines, at)
	}
	size := account.PageSize(r.GetPageSize())
	b := psav1.ListTicketHistoryResponse_builder{}
	for _, line := range lines[:min(len(lines), size)] {
		b.History = append(b.History, mapping.History(&line, names))
		at = at.past(&line)
	}
	if b.NextPageToken, err = account.NextToken(len(lines) > size, at); err != nil {
		return nil, err
	}
	return b.Build(), nil
}

// lines reads the trail of a ticket, oldest first.
func (s *Service) lines(ctx context.Context, ticket string) ([]api.AuditEntry, error) {
	id, err := account.RecordID("ticket", ticket)
	if err != nil {
		return nil, err
	}
	var lines []api.AuditEntry
	err = s.account.OnRecords(ctx, id, func(recordType string) (bool, error) {
		lines, err = s.account.API.AuditTrail(ctx, recordType, id)
		return len(lines) > 0, err
	})
	oldestFirst(lines)
	return lines, err
}

// oldestFirst orders lines by time, and leaves those of one second as the server
// has them, which may be the newest first.
func oldestFirst(lines []api.AuditEntry) {
	if len(lines) > 0 && second(&lines[0]) > second(&lines[len(lines)-1]) {
		slices.Reverse(lines)
	}
	slices.SortStableFunc(lines, func(a, b api.AuditEntry) int { return cmp.Compare(second(&a), second(&b)) })
}

// after returns the lines that come after a place. Of its second those are left
// out that were given, whatever place they have now.
func after(lines []api.AuditEntry, at place) []api.AuditEntry {
	given := slices.Clone(at.Given)
	return slices.DeleteFunc(lines, func(line api.AuditEntry) bool {
		switch t := second(&line); {
		case t != at.Time:
			return t < at.Time
		default:
			n := slices.Index(given, hash(&line))
			if n >= 0 {
				given = slices.Delete(given, n, n+1)
			}
			return n >= 0
		}
	})
}

// past is the place behind a line.
func (p place) past(line *api.AuditEntry) place {
	if t := second(line); t != p.Time {
		return place{Time: t, Given: []string{hash(line)}}
	}
	p.Given = append(slices.Clone(p.Given), hash(line))
	return p
}

// second is when a line was written, 0 where that is not known.
func second(line *api.AuditEntry) int64 {
	if line.EnteredDate.IsZero() {
		return 0
	}
	return line.EnteredDate.Unix()
}

// hash is what a line is known by within its second.
func hash(e *api.AuditEntry) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{e.Type, e.SubType, e.Text, e.EnteredBy, e.Source}, "\x00")))
	return base64.RawURLEncoding.EncodeToString(sum[:6])
}
