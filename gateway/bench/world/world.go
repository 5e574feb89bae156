// Package world starts what is measured: a connector's simulator without limits, and
// a gateway with a connection to it.
package world

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/deskgate/deskgate/gateway/bench/load"
	"github.com/deskgate/deskgate/gateway/bench/scenario"
	"github.com/deskgate/deskgate/gateway/bench/usage"
	"github.com/deskgate/deskgate/gateway/internal/config/token"
	"github.com/deskgate/deskgate/gateway/internal/launch"
)

const (
	// startTimeout is how long a program may take until it serves.
	startTimeout = 30 * time.Second
	// stopTimeout is how long it may take to end.
	stopTimeout = 5 * time.Second
)

// Options say what is started.
type Options struct {
	// Bin is the folder of the binaries.
	Bin string
	// File is what is benched.
	File *scenario.File
}

// World is a gateway, its connector and the simulator.
type World struct {
	// Simulator, Gateway and Connector are the processes.
	Simulator, Gateway, Connector usage.Process
	// API makes the calls of the gateway on the connection, PSA those of the
	// simulator.
	API, PSA *load.HTTP
	// Dir is the world's folder, and that of its programs' temporary files.
	Dir string

	options      Options
	simulatorURL string
	token        string
	programs     []*launch.Program
	log          *os.File // what the programs have to say
}

// Start starts a world. It has to be stopped.
func Start(ctx context.Context, o Options) (*World, error) {
	// The path of a socket in it may have 107 bytes and no more.
	dir, err := os.MkdirTemp("", "dg")
	if err != nil {
		return nil, err
	}
	w := &World{Dir: dir, options: o, token: token.New()}
	if err := w.start(ctx); err != nil {
		err = fmt.Errorf("%w\n%s", err, w.said())
		w.Stop()
		return nil, err
	}
	return w, nil
}

func (w *World) start(ctx context.Context) (err error) {
	if w.log, err = os.OpenFile(filepath.Join(w.Dir, "log"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600); err != nil {
		return err
	}
	// The same data in every run.
	simulator, err := w.run(ctx, "deskgate-simulator-"+w.options.File.Connector(), listening, &w.simulatorURL,
		"--listen", "127.0.0.1:0", "--limits", "off", "--seed", "1", "--start", "2026-03-02T09:00:00Z", "--exit-with-stdin")
	if err != nil {
		return err
	}
	if w.Simulator, err = usage.Of(simulator.PID()); err != nil {
		return err
	}
	header, err := w.options.File.Header()
	if err != nil {
		return err
	}
	if w.PSA, err = load.NewHTTP(w.simulatorURL, header); err != nil {
		return err
	}
	if err := w.configure(); err != nil {
		return err
	}
	return w.StartGateway(ctx)
}

// StartGateway starts the gateway, after StopGateway. It serves when this returns.
func (w *World) StartGateway(ctx context.Context) error {
	var url string
	gateway, err := w.run(ctx, "deskgate", ready, &url, "serve", "--config", w.config(), "--listen", "127.0.0.1:0", "--exit-with-stdin")
	if err != nil {
		return err
	}
	if w.Gateway, err = usage.Of(gateway.PID()); err != nil {
		return err
	}
	if w.Connector, err = w.Gateway.Child(); err != nil {
		return err
	}
	w.API, err = load.NewHTTP(url+"/v1/connections/"+connection, map[string]string{"Authorization": "Bearer " + w.token})
	return err
}

// StopGateway ends the gateway, and the connector with it.
func (w *World) StopGateway() {
	last := len(w.programs) - 1
	w.programs[last].Stop(stopTimeout)
	w.programs = w.programs[:last]
}

// Stop ends all of it and leaves nothing behind.
func (w *World) Stop() {
	for _, p := range slices.Backward(w.programs) {
		p.Stop(stopTimeout)
	}
	if w.log != nil {
		_ = w.log.Close() // what is in it goes as well
	}
	_ = os.RemoveAll(w.Dir) // a folder of temporary files
}

// Forget empties the log: the gateway writes a line for each call.
func (w *World) Forget() error { return w.log.Truncate(0) }

// said is the end of the log.
func (w *World) said() string {
	if w.log == nil {
		return ""
	}
	const tail = 2 << 10
	info, err := w.log.Stat()
	if err != nil {
		return ""
	}
	text := make([]byte, min(info.Size(), tail))
	n, _ := w.log.ReadAt(text, info.Size()-int64(len(text))) // less of it is better than nothing
	return string(text[:n])
}

var (
	listening = regexp.MustCompile(`simulator on (http://\S+)`)
	ready     = regexp.MustCompile(`^ready (http://\S+)`)
)

// run starts a program and waits for the line that has its address.
func (w *World) run(ctx context.Context, name string, line *regexp.Regexp, url *string, args ...string) (*launch.Program, error) {
	p, err := launch.Start(filepath.Join(w.options.Bin, name), []string{"TMPDIR=" + w.Dir}, w.log, args...)
	if err != nil {
		return nil, err
	}
	w.programs = append(w.programs, p)
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(p.Stdout)
		for lines.Scan() {
			if m := line.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
				break
			}
		}
		_, _ = io.Copy(io.Discard, p.Stdout) // it may go on talking
	}()
	timer := time.NewTimer(startTimeout)
	defer timer.Stop()
	select {
	case *url = <-found:
		return p, nil
	case <-p.Done():
		return nil, fmt.Errorf("%s ended: %s", name, p.Exit())
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return nil, errors.New(name + " does not serve after " + startTimeout.String())
	}
}
