package account

import (
	"context"
	"strconv"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Defaults are what new tickets get where the caller does not say, and of what type
// new configurations are, found in the setup tables; what is not configured is nil.
type Defaults struct {
	Queue    *psav1.Reference // of service tickets alone
	Status   *psav1.Status    // of Queue
	Priority *psav1.Priority
	Source   *psav1.Reference
	DueIn    time.Duration

	ConfigurationType *psav1.Reference
}

// resolveDefaults finds what the configuration names, so that a wrong name is a
// fault of the configuration and not of some later caller.
func (a *Account) resolveDefaults(ctx context.Context) error {
	asked := a.Config.Defaults.Ticket
	d := Defaults{DueIn: asked.DueIn}
	var wrong []fault.Violation
	// find resolves one attribute; only what is wrong with it goes on.
	find := func(attribute, text string, pick func(catalogue.Reference) error) error {
		if text == "" {
			return nil
		}
		err := pick(catalogue.Reference{Name: text})
		if _, number := strconv.Atoi(text); fault.CodeOf(err) == fault.CodeInvalidArgument && number == nil {
			err = pick(catalogue.Reference{ID: text})
		}
		if fault.CodeOf(err) != fault.CodeInvalidArgument {
			return err
		}
		for _, v := range fault.From(err).Violations {
			v.Field = "defaults." + attribute
			wrong = append(wrong, v)
		}
		return nil
	}
	err := find("ticket.queue", asked.Queue, func(ref catalogue.Reference) error {
		board, err := a.Tables.PickBoard(ctx, "queue", psav1.Kind_SERVICE, ref)
		if err != nil {
			return err
		}
		d.Queue = mapping.NewReference(board.ID, board.Name)
		return find("ticket.status", asked.Status, func(ref catalogue.Reference) error {
			status, err := a.Tables.PickStatus(ctx, board, "status", ref)
			d.Status = psav1.Status_builder{Id: new(strconv.Itoa(status.ID)), Name: new(status.Name)}.Build()
			return err
		})
	})
	if err != nil {
		return err
	}
	err = find("ticket.priority", asked.Priority, func(ref catalogue.Reference) error {
		priority, err := a.Tables.PickPriority(ctx, "priority", ref)
		d.Priority = psav1.Priority_builder{Id: new(strconv.Itoa(priority.ID)), Name: new(priority.Name)}.Build()
		return err
	})
	if err != nil {
		return err
	}
	err = find("ticket.source", asked.Source, func(ref catalogue.Reference) error {
		source, err := a.Tables.PickSource(ctx, "source", ref)
		d.Source = mapping.NewReference(source.ID, source.Name)
		return err
	})
	if err != nil {
		return err
	}
	err = find("configuration.type", a.Config.Defaults.Configuration.Type, func(ref catalogue.Reference) error {
		kind, err := a.Tables.PickConfigurationType(ctx, "type", ref)
		d.ConfigurationType = mapping.NewReference(kind.ID, kind.Name)
		return err
	})
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return fault.Invalid(wrong...)
	}
	a.Defaults = d
	return nil
}
