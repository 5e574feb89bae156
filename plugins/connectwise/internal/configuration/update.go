package configuration

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/draft"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

var _ psav1.ConfigurationWriterServer = (*Service)(nil)

// Operations says how the operations on configurations are served.
var Operations = []pluginsdk.OperationSupport{
	{
		Operation: "configurations.update",
		Reason:    "If-Match is a comparison before the write: somebody can come between; another type takes a request of its own",
	},
}

// UpdateConfiguration changes a configuration: one PATCH for all that the record
// holds, and one for its type.
func (s *Service) UpdateConfiguration(ctx context.Context, r *psav1.UpdateConfigurationRequest) (*psav1.UpdateConfigurationResponse, error) {
	t, err := s.target(ctx, r.GetConfiguration(), r.GetOptions())
	if err != nil {
		return nil, err
	}
	d := s.forUpdate(t, r)
	if err := d.resolve(ctx); err != nil {
		return nil, err
	}
	w := receipt.Write{Asked: d.Asked, Before: t.before, Fields: d.Fields, Defaulted: d.Defaulted, Warnings: d.Warnings}
	ops := d.Ops(w.Differing())
	if len(ops) == 0 && d.retype == 0 {
		return psav1.UpdateConfigurationResponse_builder{Configuration: t.before, Receipt: receipt.Unchanged(call.From(ctx), s.account.API.Root(), w)}.Build(), nil
	}
	did, err := s.send(ctx, t, ops, d.retype)
	if err != nil {
		return nil, err
	}
	if call.From(ctx).DryRun {
		return psav1.UpdateConfigurationResponse_builder{Configuration: t.before, Receipt: receipt.DryRun(call.From(ctx), s.account.API.Root())}.Build(), nil
	}
	held := t.configuration(did.row)
	w.Held, w.Refused = held, did.refused
	w.Warnings = slices.Concat(w.Warnings, did.warnings)
	out := receipt.Of(call.From(ctx), w)
	d.Tell(out, held)
	out.SetSteps(did.steps.Several())
	account.Attribute(out, did.row.Record.Info.UpdatedBy, t.names)
	return psav1.UpdateConfigurationResponse_builder{Configuration: held, Receipt: out}.Build(), nil
}

// forUpdate is the draft of a change of a configuration.
func (s *Service) forUpdate(t *target, r *psav1.UpdateConfigurationRequest) *configurationDraft {
	d := &configurationDraft{
		Draft:  draft.Of(s.account, "configuration", t.before, r.GetInput(), r.GetSetFields()),
		fields: t.fields, current: t.row.Record,
	}
	if c := t.row.Record.Company; c != nil {
		d.company = api.Company{ID: c.ID, Name: c.Name}
	}
	if kind := t.row.Record.Type; kind != nil {
		d.kind = *kind
	}
	return d
}

// done is what became of a change.
type done struct {
	row      configurationRow // the record, as ConnectWise last answered it
	steps    receipt.Steps
	refused  map[string]error // by field: what failed when something else was done
	warnings []string
}

// send changes the record, and then its type, which takes a request of its own and
// takes the answers to the old type's questions with it: if it fails, the rest is
// done and stays. It fails only where nothing is left at the PSA, or where that is
// not known.
func (s *Service) send(ctx context.Context, t *target, ops []api.Op, retype int) (*done, error) {
	id := t.row.Record.ID
	one := fmt.Sprintf("%s/%d", path, id)
	d := &done{row: t.row, refused: map[string]error{}}
	if len(ops) > 0 {
		var row configurationRow
		if err := account.Planned(s.account.API.Patch(ctx, "update the configuration", one, ops, &row)); err != nil {
			return nil, err
		}
		d.row = row
		d.steps.Done("configuration", strconv.Itoa(id))
	}
	if retype == 0 {
		return d, nil
	}
	var row configurationRow
	err := account.Planned(s.account.API.Patch(ctx, "change the type", one+"/changeType", []api.Op{api.Replace("type", api.ID{ID: retype})}, &row))
	switch {
	case err == nil:
		d.row = row
		d.steps.Done("type", strconv.Itoa(id))
	case d.steps.Taken() == 0:
		return nil, err
	default:
		d.steps.Failed("type", err)
		d.refused["type"] = err
		s.lookAgain(ctx, d, id)
	}
	return d, nil
}

// lookAgain reads the record after a request that failed, since what became of it
// may not be known.
func (s *Service) lookAgain(ctx context.Context, d *done, id int) {
	row, err := s.read(ctx, strconv.Itoa(id))
	if err == nil {
		d.row = row
		return
	}
	d.warnings = append(d.warnings, "the configuration could not be read again after its type was not changed: "+fault.From(err).Message)
}
