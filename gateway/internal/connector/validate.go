package connector

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/deskgate/deskgate/gateway/internal/problem"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Verdict is what a connector says of a connection's configuration.
type Verdict struct {
	// Violations say what is wrong, each at the path of its attribute.
	Violations []problem.Violation
	// Err is why the connector could not look: a sentence for the admin.
	Err error
}

// Validate asks described connectors what is wrong with the configurations of
// these connections, all at once, and returns what they say by the connections'
// names. It calls no PSA. A connector that cannot tell finds nothing here, and
// tells at Connect.
func (m *Manager) Validate(ctx context.Context, specs []ConnectionSpec) map[string]Verdict {
	m.hide(specs)
	var (
		mu       sync.Mutex
		wg       sync.WaitGroup
		verdicts = map[string]Verdict{}
	)
	for _, spec := range specs {
		wg.Go(func() {
			v := m.validate(ctx, spec)
			mu.Lock()
			defer mu.Unlock()
			verdicts[spec.Name] = v
		})
	}
	wg.Wait()
	return verdicts
}

func (m *Manager) validate(ctx context.Context, spec ConnectionSpec) Verdict {
	s := m.supervisors[spec.Connector]
	if s == nil || s.process() == nil {
		return Verdict{Err: fmt.Errorf("connector %q does not run", spec.Connector)}
	}
	hide := m.hiding(spec.Connector, []ConnectionSpec{spec})
	said, err := s.validate(ctx, spec)
	if err != nil {
		return Verdict{Err: errors.New(hide.Replace(err.Error()))}
	}
	return Verdict{Violations: violations(said, hide.Replace)}
}

func (s *supervisor) validate(ctx context.Context, spec ConnectionSpec) ([]*connectorv1.Fault_Violation, error) {
	p := s.process()
	ctx, cancel := context.WithTimeout(ctx, s.timing.Start)
	defer cancel()
	joined, leave := p.join(ctx)
	defer leave()
	answer, err := p.rpc.Validate(joined, connectorv1.ValidateRequest_builder{
		Connection: &spec.Name, ConfigJson: spec.Config,
	}.Build())
	st := status.Convert(err)
	switch {
	case err == nil:
		return answer.GetViolations(), nil
	case st.Code() == codes.Unimplemented && faultOf(st) == nil:
		return nil, nil // of an older contract
	case (st.Code() == codes.Unavailable || st.Code() == codes.Canceled) && p.died(spec.Name, reapLimit):
		return nil, fmt.Errorf("connector %q ended while it looked at this block%s", spec.Connector, lastWords(s.launch))
	case ctx.Err() != nil:
		return nil, fmt.Errorf("connector %q did not say within %s whether this block can be used", spec.Connector, s.timing.Start)
	default:
		return nil, fmt.Errorf("connector %q cannot say whether this block can be used: %s", spec.Connector, bounded(st.Message()))
	}
}
