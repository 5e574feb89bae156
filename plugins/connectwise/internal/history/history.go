// Package history serves what happened on a ticket, as the audit trail of a
// ConnectWise keeps it.
package history

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
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

// key orders lines that have no id: by time, and within a second by what they
// say, so that the order is the same in every walk. Equal lines are counted.
type key struct {
	Time int64  `json:"t,omitempty"` // in Unix seconds
	Hash string `json:"h,omitempty"`
	Nth  int    `json:"n,omitempty"`
}

func (k key) compare(o key) int {
	return cmp.Or(cmp.Compare(k.Time, o.Time), strings.Compare(k.Hash, o.Hash), cmp.Compare(k.Nth, o.Nth))
}

// line is a line of the audit trail with its place.
type line struct {
	entry api.AuditEntry
	key   key
}

// ListTicketHistory lists what changed on a ticket, oldest first. Each page reads
// the whole trail, since ConnectWise has no way to read on from a line.
func (s *Service) ListTicketHistory(ctx context.Context, r *psav1.ListTicketHistoryRequest) (*psav1.ListTicketHistoryResponse, error) {
	after, err := paging.Decode[key](r.GetPageToken())
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
		lines = slices.DeleteFunc(lines, func(l line) bool { return l.key.compare(after) <= 0 })
	}
	size := account.PageSize(r.GetPageSize())
	b := psav1.ListTicketHistoryResponse_builder{}
	for _, l := range lines[:min(len(lines), size)] {
		b.History = append(b.History, mapping.History(&l.entry, names))
	}
	if len(lines) > size {
		token, err := paging.Encode(lines[size-1].key)
		if err != nil {
			return nil, err
		}
		b.NextPageToken = &token
	}
	return b.Build(), nil
}

// lines reads the trail of a ticket, in order.
func (s *Service) lines(ctx context.Context, ticket string) ([]line, error) {
	id, err := account.RecordID("ticket", ticket)
	if err != nil {
		return nil, err
	}
	var entries []api.AuditEntry
	err = s.account.OnRecords(ctx, id, func(recordType string) (bool, error) {
		entries, err = s.account.API.AuditTrail(ctx, recordType, id)
		return len(entries) > 0, err
	})
	return inOrder(entries), err
}

func inOrder(entries []api.AuditEntry) []line {
	lines := make([]line, len(entries))
	for n, e := range entries {
		lines[n] = line{entry: e, key: key{Hash: hash(&e)}}
		if !e.EnteredDate.IsZero() {
			lines[n].key.Time = e.EnteredDate.Unix()
		}
	}
	byKey := func(a, b line) int { return a.key.compare(b.key) }
	slices.SortStableFunc(lines, byKey)
	for n := 1; n < len(lines); n++ {
		if last := lines[n-1].key; last.Time == lines[n].key.Time && last.Hash == lines[n].key.Hash {
			lines[n].key.Nth = last.Nth + 1
		}
	}
	return lines
}

func hash(e *api.AuditEntry) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{e.Type, e.SubType, e.Text, e.EnteredBy, e.Source}, "\x00")))
	return hex.EncodeToString(sum[:8])
}
