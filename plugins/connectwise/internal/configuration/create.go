package configuration

import (
	"context"
	"fmt"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/draft"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
)

// CreateConfiguration creates a configuration. One with an external id is created
// once: a configuration that has it already is answered in place of another.
func (s *Service) CreateConfiguration(ctx context.Context, r *psav1.CreateConfigurationRequest) (*psav1.CreateConfigurationResponse, error) {
	rd, err := s.reader(ctx, include.Whole(nil))
	if err != nil {
		return nil, err
	}
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	input, defaulted, err := s.withDefaults(ctx, r.GetInput())
	if err != nil {
		return nil, err
	}
	d := &configurationDraft{Draft: draft.New(s.account, "configuration", input), fields: rd.fields}
	if err := d.resolve(ctx); err != nil {
		return nil, err
	}
	if input.HasExternalId() {
		if done, err := s.alreadyCreated(ctx, rd, d); done != nil || err != nil {
			return done, err
		}
	}
	var row configurationRow
	err = account.Planned(s.account.API.Post(ctx, "create the configuration", path, d.Body(), &row))
	if err != nil {
		return nil, err
	}
	if call.From(ctx).DryRun {
		return psav1.CreateConfigurationResponse_builder{Configuration: d.Asked, Receipt: receipt.DryRun(call.From(ctx), s.account.API.Root())}.Build(), nil
	}
	held := rd.configuration(row)
	fields := d.Fields
	if defaulted {
		fields = receipt.SetFields(r.GetInput())
		d.Defaulted = append(d.Defaulted, "type")
	}
	out := receipt.Of(call.From(ctx), receipt.Write{Asked: d.Asked, Held: held, Fields: fields, Defaulted: d.Defaulted, Warnings: d.Warnings})
	account.Attribute(out, row.Record.Info.EnteredBy, names)
	return psav1.CreateConfigurationResponse_builder{Configuration: held, Receipt: out}.Build(), nil
}

// withDefaults fills the type, which ConnectWise demands, from the connection's
// configuration where the caller does not give it.
func (s *Service) withDefaults(ctx context.Context, asked *psav1.Configuration) (input *psav1.Configuration, defaulted bool, err error) {
	if asked.HasType() {
		return asked, false, nil
	}
	if kind := s.account.Defaults.ConfigurationType; kind != nil {
		input := proto.CloneOf(asked)
		input.SetType(kind)
		return input, true, nil
	}
	var allowed []string
	if types, err := s.account.Tables.ConfigurationTypes(ctx); err == nil {
		for _, t := range types.Values {
			if !t.Inactive {
				allowed = append(allowed, t.Name)
			}
		}
	}
	return nil, false, fault.InvalidArgument("type", "ConnectWise needs the type of a configuration: give it, or have an administrator set defaults.configuration.type of the connection", allowed...)
}

// byExternalID finds the configurations of an external id.
func (s *Service) byExternalID(ctx context.Context, externalID string) ([]configurationRow, error) {
	where, err := api.EqText("deviceIdentifier", externalID)
	if err != nil {
		return nil, account.Unsearchable("external_id", err)
	}
	return api.List[configurationRow](ctx, s.account.API, path, api.Query{Conditions: where, OrderBy: "id asc", PageSize: 2})
}

// alreadyCreated answers the configuration that has the external id, if it is the
// one asked for: of the same name and company.
func (s *Service) alreadyCreated(ctx context.Context, rd reader, d *configurationDraft) (*psav1.CreateConfigurationResponse, error) {
	rows, err := s.byExternalID(ctx, d.Input.GetExternalId())
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	found := rows[0].Record
	id := strconv.Itoa(found.ID)
	if found.Name != d.Input.GetName() || api.IDOf(found.Company) != d.company.ID {
		return nil, fault.AlreadyExists(id, fmt.Sprintf("configuration %s has the external id %q, with another name or company", id, d.Input.GetExternalId()))
	}
	configuration := rd.configuration(rows[0])
	out := receipt.Unchanged(call.From(ctx), s.account.API.Root(), receipt.Write{Before: configuration})
	out.SetAlreadyExisted(true)
	return psav1.CreateConfigurationResponse_builder{Configuration: configuration, Receipt: out}.Build(), nil
}
