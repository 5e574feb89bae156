package connector

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/deskgate/deskgate/pluginsdk/handshake"
	"github.com/deskgate/deskgate/pluginsdk/runner"
	"google.golang.org/grpc/status"
)

// noInterpreter is how env and shells end that do not find a program.
const noInterpreter = "exit status 127"

// startError turns why a process did not start into a sentence for the admin
// that follows on the connector's name. The process has ended.
func (p *process) startError(ctx context.Context, l launch, err error) error {
	var version *runner.VersionError
	var stranger *runner.NoConnectorError
	refused := error(nil)
	exit, pid := "", 0
	if p.runner != nil {
		refused, exit, pid = p.runner.Err(), p.runner.Exit(), p.runner.PID()
	}
	switch {
	case errors.As(refused, &version):
		return fmt.Errorf("speaks protocol version %s, this gateway speaks version %d: install the connector that was made for this gateway", version.Version, handshake.ProtocolVersion)
	case errors.As(refused, &stranger):
		return fmt.Errorf("is not a connector, or not one that this gateway can use: %s, it began with %q; correct the source", stranger.Reason, stranger.Line)
	case pid == 0:
		return execError(l.source, err)
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return fmt.Errorf("did not answer within %s of its start: it is not a connector, or it hangs%s", l.timing.Start, lastWords(l))
	case ctx.Err() != nil:
		return fmt.Errorf("was stopped while it started: %w", ctx.Err())
	case !p.connected() && exit == noInterpreter:
		return fmt.Errorf("cannot be run: the interpreter that the first line of %s names is not in the gateway's PATH%s", l.source, lastWords(l))
	case !p.connected():
		return fmt.Errorf("ended (%s) without saying that it is a connector: run %s by hand to see what it is%s", exit, l.source, lastWords(l))
	default:
		if s, ok := status.FromError(err); ok {
			err = fmt.Errorf("%s: %s", s.Code(), s.Message())
		}
		return fmt.Errorf("was started and does not say what it is: %w%s", err, lastWords(l))
	}
}

// connected says whether the handshake was made.
func (p *process) connected() bool { return p.rpc != nil }

// execError says why the system did not start the file.
func execError(source string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOEXEC):
		return fmt.Errorf("is not a program that this machine can run: %s was built for another system, or is no program at all", source)
	case errors.Is(err, fs.ErrNotExist): // the file itself is there: it was just verified
		return fmt.Errorf("cannot be run: the interpreter or loader that %s names is not installed", source)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("may not be run: the state directory has to be on a file system that allows programs (not noexec): %w", err)
	default:
		if at, ok := errors.AsType[*fs.PathError](err); ok {
			err = at.Err // the path is that of the private copy
		}
		return fmt.Errorf("cannot be started: %w", err)
	}
}

// lastWords quotes the last line that the process wrote.
func lastWords(l launch) string {
	if last := l.sink.Last(); len(last) > 0 {
		return "; its last words were: " + last[len(last)-1]
	}
	return ""
}
