package pluginsdk

import (
	"fmt"
	"io"
	stdlog "log"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/deskgate/deskgate/pluginsdk/handshake"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// Serve runs the connector until the gateway ends it, or is gone itself. It is
// all that a connector's main does. Started by hand, without the gateway's
// cookie in the environment, it prints what the connector is. It exits with 1
// when the connector is declared wrongly or cannot be served.
func Serve[Config, Instance any](c Connector[Config, Instance]) {
	p, err := c.program()
	if err != nil {
		fmt.Fprintf(os.Stderr, "The connector %q cannot be served:\n%v\n", c.Name, err)
		os.Exit(1)
	}
	if os.Getenv(handshake.CookieKey) != handshake.CookieValue {
		if err := p.introduce(os.Stdout, executable()); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(p.serve())
}

func executable() string {
	path, err := os.Executable()
	if err != nil {
		return filepath.Base(os.Args[0])
	}
	return path
}

// gcPercent lets the heap grow to four times what lives in it before it is collected,
// and to 12 MB at the least: what calls allocate is garbage a moment later, and a
// connector's heap is small.
const gcPercent = 300

// serve serves over go-plugin and returns the exit code.
func (p *program) serve() int {
	debug.SetGCPercent(gcPercent)
	// Once go-plugin serves, os.Stderr is a pipe to the gateway: the log goes to
	// what it is now.
	redactor := vendorhttp.NewRedactor()
	log := newLogger(p.describe.GetName(), os.Getenv(handshake.LogLevelKey), redacting{os.Stderr, redactor})
	stdlog.SetFlags(0)
	stdlog.SetOutput(log.StandardWriter(&hclog.StandardLoggerOptions{InferLevels: true}))
	for _, sentence := range p.partial {
		log.Warn(sentence)
	}

	s := newServer(p, log, redactor)
	go s.endWith(watchParent(log))
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  handshake.Config,
		VersionedPlugins: map[int]plugin.PluginSet{handshake.ProtocolVersion: {handshake.PluginName: s}},
		GRPCServer:       s.newGRPC,
		Logger:           log,
	})
	if s.grpc.Load() == nil {
		return 1 // go-plugin has logged why
	}
	s.stop() // already done, unless go-plugin ended by itself
	return 0
}

// newLogger returns the log that the gateway reads: JSON, a line each.
func newLogger(name, level string, out io.Writer) hclog.Logger {
	l := hclog.LevelFromString(level)
	if l == hclog.NoLevel {
		l = hclog.Info
	}
	return hclog.New(&hclog.LoggerOptions{Name: name, Level: l, Output: out, JSONFormat: true})
}

// redacting removes the secrets of all connections from what is written.
type redacting struct {
	out      io.Writer
	redactor *vendorhttp.Redactor
}

// Write writes one whole line, as hclog does.
func (r redacting) Write(line []byte) (int, error) {
	if _, err := r.out.Write(r.redactor.Bytes(line)); err != nil {
		return 0, err
	}
	return len(line), nil
}
