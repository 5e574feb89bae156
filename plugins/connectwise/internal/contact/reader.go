package contact

import (
	"context"
	"fmt"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/etag"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// reader maps whole contacts. What it needs to know of names is loaded when it is
// made, before a write: one that is done then answers, whatever fails.
type reader struct {
	names  mapping.Names
	fields setup.Set[setup.Field]
}

func (s *Service) reader(ctx context.Context) (reader, error) {
	names, err := s.account.Names(ctx)
	if err != nil {
		return reader{}, err
	}
	fields, err := s.account.Tables.Fields(ctx, setup.Contacts)
	return reader{names, fields}, err
}

// whole maps all that a record holds.
func (r reader) whole(row contactRow) *psav1.Contact {
	contact := mapping.Contact(&row.Record)
	mapping.AddContactFields(contact, row, r.fields)
	return contact
}

// target is a contact that is to be changed, as it is before.
type target struct {
	reader
	row    contactRow
	before *psav1.Contact
}

// target reads a contact that is to be changed, and compares the etag that the
// caller expects. ConnectWise has no such comparison, so that somebody can still
// come between (connectwise.md §3).
func (s *Service) target(ctx context.Context, id string, options *psav1.WriteOptions) (*target, error) {
	row, err := s.read(ctx, id)
	if err != nil {
		return nil, err
	}
	rd, err := s.reader(ctx)
	if err != nil {
		return nil, err
	}
	t := &target{reader: rd, row: row, before: rd.whole(row)}
	if options.HasIfMatch() && !etag.Matches(options.GetIfMatch(), t.before.GetEtag()) {
		return nil, fault.PreconditionFailed(t.before.GetEtag(), fmt.Sprintf("contact %s has changed since: its etag is now %s", id, t.before.GetEtag()))
	}
	return t, nil
}

func (s *Service) read(ctx context.Context, id string) (contactRow, error) {
	var row contactRow
	n, err := account.RecordID("contact", id)
	if err != nil {
		return row, err
	}
	err = s.account.API.Get(ctx, fmt.Sprintf("company/contacts/%d", n), api.Query{}, &row)
	return row, err
}
