package configuration

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/draft"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// CreateOutcome finds out what became of a new configuration: by its external id,
// or else by its name and company.
func (s *Service) CreateOutcome(ctx context.Context, r *psav1.CreateConfigurationRequest, l lost.Write) (pluginsdk.Outcome, error) {
	rd, err := s.reader(ctx, include.Whole(nil))
	if err != nil {
		return l.Unfit(err)
	}
	names, err := s.account.Names(ctx)
	if err != nil {
		return l.Unfit(err)
	}
	input, _, err := s.withDefaults(ctx, r.GetInput())
	if err != nil {
		return l.Unfit(err)
	}
	d := &configurationDraft{Draft: draft.New(s.account, "configuration", input), fields: rd.fields}
	if err := d.resolve(ctx); err != nil {
		return l.Unfit(err)
	}
	made := func(row configurationRow) *psav1.CreateConfigurationResponse {
		held := rd.configuration(row)
		told := receipt.Of(call.From(ctx), receipt.Write{
			Asked: d.Asked, Held: held, Fields: receipt.SetFields(r.GetInput()), Defaulted: d.Defaulted, Warnings: d.Warnings,
		})
		account.Attribute(told, row.Record.Info.EnteredBy, names)
		return psav1.CreateConfigurationResponse_builder{Configuration: held, Receipt: told}.Build()
	}
	if input.HasExternalId() {
		return s.createdAs(ctx, rd, d, l, made)
	}
	rows, err := api.List[configurationRow](ctx, s.account.API, path, api.Query{
		Conditions: api.And(api.EqInt("company/id", d.company.ID), api.Time("lastUpdated", api.Since, l.From())), OrderBy: "id asc", PageSize: api.WidePage,
	})
	if err != nil {
		return l.Unfit(err)
	}
	rows = slices.DeleteFunc(rows, func(row configurationRow) bool { return row.Record.Name != input.GetName() })
	records := make([]lost.Record, len(rows))
	for n, row := range rows {
		records[n] = lost.Record{ID: strconv.Itoa(row.Record.ID), Created: created(row)}
	}
	at, out := l.Pick("configuration", records)
	if at < 0 {
		return out, nil
	}
	return l.Happened(made(rows[at]), "configuration %d was made since, just as asked", rows[at].Record.ID), nil
}

// createdAs finds out what became of a create by its external id.
func (s *Service) createdAs(ctx context.Context, rd reader, d *configurationDraft, l lost.Write, made func(configurationRow) *psav1.CreateConfigurationResponse) (pluginsdk.Outcome, error) {
	external := d.Input.GetExternalId()
	rows, err := s.byExternalID(ctx, external)
	switch {
	case err != nil:
		return l.Unfit(err)
	case len(rows) == 0:
		return l.Absent("there is no configuration with the external id %q", external), nil
	}
	id := strconv.Itoa(rows[0].Record.ID)
	if !slices.Contains(l.Others, id) && l.Touched(created(rows[0])) && rows[0].Record.Name == d.Input.GetName() {
		return l.Happened(made(rows[0]), "configuration %s has the external id %q", id, external), nil
	}
	answer, err := s.alreadyCreated(ctx, rd, d)
	if err != nil {
		return l.Unfit(err)
	}
	return l.Happened(answer, "configuration %s has the external id %q, and was not made by this write", id, external), nil
}

// created is when a configuration was made, or last changed where only that is
// told.
func created(row configurationRow) time.Time {
	return cmp.Or(row.Record.Info.DateEntered.Time, row.Record.Info.LastUpdated.Time)
}

// UpdateOutcome finds out what became of the update of a configuration.
func (s *Service) UpdateOutcome(ctx context.Context, r *psav1.UpdateConfigurationRequest, l lost.Write) (pluginsdk.Outcome, error) {
	t, err := s.target(ctx, r.GetConfiguration(), nil)
	if err != nil {
		return l.Unfit(err)
	}
	d := s.forUpdate(t, r)
	if err := d.resolve(ctx); err != nil {
		return l.Unfit(err)
	}
	w := receipt.Write{Asked: d.Asked, Before: t.before, Held: t.before, Fields: d.Fields, Warnings: d.Warnings}
	told, out := l.Changed(call.From(ctx), w, t.row.Record.Info.LastUpdated.Time, "configuration "+r.GetConfiguration())
	if told == nil {
		return out, nil
	}
	account.Attribute(told, t.row.Record.Info.UpdatedBy, t.names)
	return l.Happened(psav1.UpdateConfigurationResponse_builder{Configuration: t.before, Receipt: told}.Build(), "configuration %s holds all that was asked for", r.GetConfiguration()), nil
}
