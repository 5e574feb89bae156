package suite

import (
	"context"

	"google.golang.org/grpc"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/file"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/process"
)

// Alone calls the connection that is tested in a process that never had another:
// what it reads can be nobody else's.
func (t *T) Alone() grpc.ClientConnInterface { return t.alone(connection, t.Config) }

// OtherAlone calls the connection to the other tenant in a process that never had
// another; the check is not run without one.
func (t *T) OtherAlone() grpc.ClientConnInterface {
	t.OtherConn()
	return t.alone(other, t.Other)
}

// alone makes a connection in a process of its own, which is kept for later checks.
func (t *T) alone(name string, c file.Config) grpc.ClientConnInterface {
	p := t.hermits[name]
	if p == nil {
		var err error
		p, err = t.Start(context.WithoutCancel(t.ctx))
		t.Must(err)
		if t.hermits == nil {
			t.hermits = map[string]*process.Process{}
		}
		t.hermits[name] = p
	}
	t.Must(Connect(t.ctx, p, name, c))
	return p.On(name)
}

// Close ends the processes that checks have started.
func (w *World) Close() {
	for _, p := range w.hermits {
		p.Stop()
	}
}
