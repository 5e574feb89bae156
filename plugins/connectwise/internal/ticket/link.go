package ticket

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// linkStep makes or removes one link.
type linkStep struct {
	configuration int
	remove        bool
}

func (l linkStep) name() string {
	verb := "add"
	if l.remove {
		verb = "remove"
	}
	return verb + " configuration " + strconv.Itoa(l.configuration)
}

// run sends the step, or with undo what takes it back.
func (l linkStep) run(ctx context.Context, client *api.Client, ticket string, undo bool) error {
	name := l.name()
	if undo {
		name = "take back: " + name
	}
	if l.remove == undo {
		return client.Post(ctx, name, linksPath(ticket), api.ID{ID: l.configuration}, nil)
	}
	_, err := client.Do(ctx, vendorhttp.Request{Name: name, Method: http.MethodDelete, Path: linksPath(ticket) + "/" + strconv.Itoa(l.configuration)})
	return err
}

// link brings a ticket's configurations about; ticket is its path. Where a step is
// refused, those of this call are taken back; where it is not known what became of
// it, they stay, and to repeat the call completes it. It fails only where nothing
// of the call is left at the PSA.
func (s *Service) link(ctx context.Context, ticket string, l links, d *done) error {
	var steps []linkStep
	for _, id := range l.add() {
		steps = append(steps, linkStep{configuration: id})
	}
	for _, id := range l.remove() {
		steps = append(steps, linkStep{configuration: id, remove: true})
	}
	for n, step := range steps {
		if err := account.Planned(step.run(ctx, s.account.API, ticket, false)); err != nil {
			return s.unlink(ctx, ticket, steps[:n], step, ofConfigurations(err), d)
		}
	}
	for _, step := range steps {
		d.steps.Done(step.name(), strconv.Itoa(step.configuration))
		d.stale, d.linked = true, true
	}
	return nil
}

// ofConfigurations is an error whose violations speak of the field: a link names its
// own members.
func ofConfigurations(err error) error {
	if len(fault.From(err).Violations) == 0 {
		return err
	}
	e := *fault.From(err)
	e.Violations = slices.Clone(e.Violations)
	for n := range e.Violations {
		e.Violations[n].Field = "configurations"
	}
	return &e
}

// unlink takes back the steps before one that failed.
func (s *Service) unlink(ctx context.Context, ticket string, made []linkStep, failed linkStep, cause error, d *done) error {
	unknown := lost.MayBeDone(cause)
	left := unknown
	for _, step := range slices.Backward(made) {
		ref := strconv.Itoa(step.configuration)
		if !unknown && step.run(ctx, s.account.API, ticket, true) == nil {
			call.From(ctx).TookBack()
			d.steps.Undone(step.name(), ref)
			continue
		}
		left = true
		d.steps.Left(step.name(), ref)
	}
	if !left && !d.steps.AnyDone() {
		e := *fault.From(cause)
		e.Outcome = "" // nothing of this call is left at the PSA
		return &e
	}
	d.steps.Failed(failed.name(), cause)
	d.refused["configurations"] = cause
	d.stale, d.linked = true, true
	return nil
}
