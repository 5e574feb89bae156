package suite

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/file"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/process"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// T is what a check runs with. Its methods are for the goroutine that runs the
// check, but for Errorf and Logf, which are for all.
type T struct {
	*World

	ctx  context.Context
	log  messages
	told told

	connected *connectorv1.ConnectResponse
	// logged is how much the processes had logged when the check began.
	logged map[*process.Process]int

	messages  []string
	failed    bool
	notRun    string
	notServed string
}

// Context ends when the check's time does.
func (t *T) Context() context.Context { return t.ctx }

// Conn calls the connection that is tested.
func (t *T) Conn() grpc.ClientConnInterface { return t.Subject.On(connection) }

// Anew calls the same connection of the process that has seen none of this
// check's writes: what it reads comes from the PSA, and from no cache.
func (t *T) Anew() grpc.ClientConnInterface { return t.Reader.On(connection) }

// Connected is what the connector answered when the connection was made.
func (t *T) Connected() *connectorv1.ConnectResponse { return t.connected }

// OtherConn calls the connection to the other tenant, in the process that is
// tested; the check is not run without one.
func (t *T) OtherConn() grpc.ClientConnInterface {
	if len(t.Other.JSON) == 0 {
		t.NotRun("the conformance file has no other_connection")
	}
	return t.Subject.On(other)
}

// Errorf says what is wrong, and goes on.
func (t *T) Errorf(format string, args ...any) { t.log.add(true, fmt.Sprintf(format, args...)) }

// Failed tells whether anything was found wrong.
func (t *T) Failed() bool {
	_, failed := t.log.all()
	return failed
}

// Fatalf says what is wrong, and ends the check.
func (t *T) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	runtime.Goexit()
}

// Logf says what a person should know.
func (t *T) Logf(format string, args ...any) { t.log.add(false, fmt.Sprintf(format, args...)) }

// Must ends the check with an error that is not nil.
func (t *T) Must(err error) {
	if err != nil {
		t.Fatalf("%s", Words(err))
	}
}

// NotRun ends the check without a verdict, unless something was found wrong
// before.
func (t *T) NotRun(format string, args ...any) {
	t.notRun = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// NotServed ends the check because the connector turns out not to serve what it
// is about.
func (t *T) NotServed(format string, args ...any) {
	t.notServed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// run runs the check in a goroutine of its own, which Fatalf can end.
func (t *T) run(check func(*T)) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if r := recover(); r != nil {
				t.Errorf("the check itself failed: %v", r)
			}
		}()
		check(t)
	}()
	<-done
	t.messages, t.failed = t.log.all()
}

// requests are what the simulator logged since the check's reset.
func (t *T) requests() []simulated.Request {
	if t.Simulator == nil || !t.Simulator.Has[simulated.Requests] {
		return nil
	}
	list, err := t.Simulator.Log(t.ctx)
	if err != nil {
		return nil // the verdict stands without it
	}
	return list
}

func (t *T) verdict() Verdict {
	switch {
	case t.failed:
		return Failed
	case t.notServed != "":
		return NotServed
	case t.notRun != "":
		return NotRun
	}
	return Passed
}

// reason says why there is no verdict.
func (t *T) reason() string {
	if t.notServed != "" {
		return t.notServed
	}
	return t.notRun
}

// connectTimeout bounds making a connection.
const connectTimeout = 30 * time.Second

// connect makes the connections anew, in both processes, so that no check sees
// another's leavings.
func (t *T) connect() error {
	for _, p := range []*process.Process{t.Subject, t.Reader} {
		var err error
		if t.connected, err = connect(t.ctx, p, connection, t.Config); err != nil {
			return err
		}
		if len(t.Other.JSON) > 0 {
			if err := Connect(t.ctx, p, other, t.Other); err != nil {
				return fmt.Errorf("other_connection: %w", err)
			}
		}
	}
	return nil
}

// Connect makes a connection of a process, replacing one of the name.
func Connect(ctx context.Context, p *process.Process, name string, c file.Config) error {
	_, err := connect(ctx, p, name, c)
	return err
}

func connect(ctx context.Context, p *process.Process, name string, c file.Config) (*connectorv1.ConnectResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	_, err := p.Control().Disconnect(ctx, connectorv1.DisconnectRequest_builder{Connection: &name}.Build())
	if err != nil && Fault(err).Code != fault.CodeNotFound {
		return nil, err
	}
	return p.Control().Connect(ctx, connectorv1.ConnectRequest_builder{Connection: &name, ConfigJson: c.JSON}.Build())
}

// guard holds what is true of every check: the process lives, and has told no
// secret.
func (t *T) guard() {
	defer func() { t.messages, t.failed = t.log.all() }()
	for _, p := range []*process.Process{t.Subject, t.Reader} {
		if !p.Alive() {
			t.log.head("the connector process ended")
		}
	}
	t.keepsSecrets()
}

// keepsSecrets looks for secrets in all that the connector has said and logged
// since the check began.
func (t *T) keepsSecrets() {
	said, more := t.told.all()
	messages, _ := t.log.all()
	said = slices.Concat(said, messages)
	for p, begun := range t.logged {
		said = append(said, p.Log()[begun:]...)
	}
	secrets := slices.DeleteFunc(slices.Concat(t.Config.Secrets, t.Other.Secrets, more), func(s string) bool { return s == "" })
	hide := make([]string, 0, 2*len(secrets))
	for _, secret := range secrets {
		hide = append(hide, secret, "[the secret]")
	}
	for _, secret := range secrets {
		for _, line := range said {
			if strings.Contains(line, secret) {
				t.log.head("a secret of the connection is told: " + strings.NewReplacer(hide...).Replace(line))
				break
			}
		}
	}
}

// Fault is the neutral error of a call. One that the call did not get from the
// connector, such as a deadline, is internal.
func Fault(err error) *fault.Error { return fault.FromStatus(status.Convert(err)) }

// Words are an error as a message shows it: code, field and text. What is not a
// connector's own says so.
func Words(err error) string {
	switch {
	case err == nil:
		return "no error"
	case errors.Is(err, context.DeadlineExceeded), status.Code(err) == codes.DeadlineExceeded && len(status.Convert(err).Details()) == 0:
		return "the time ran out"
	}
	s := status.Convert(err)
	if len(s.Details()) == 0 {
		return fmt.Sprintf("the bare status %s: %s", s.Code(), s.Message())
	}
	return fault.FromStatus(s).Error()
}
