// Command mutant is a connector with one mistake: it stands before a right one
// and makes the mistake on the way. The conformance suite proves with it that it
// can fail.
//
// DESKGATE_MUTANT_OF is the right connector's program, and DESKGATE_MUTANT the
// mistake; "none" makes none, which shows that standing between is not one.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/process"
	"github.com/deskgate/deskgate/pluginsdk/handshake"
)

// The environment of a mutant.
const (
	mistakeKey = "DESKGATE_MUTANT"
	ofKey      = "DESKGATE_MUTANT_OF"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "mutant:", err)
		os.Exit(1)
	}
}

func run() error {
	name := os.Getenv(mistakeKey)
	m, ok := mutants[name]
	if !ok {
		return fmt.Errorf("%s is %q; there are %s", mistakeKey, name, strings.Join(slices.Sorted(maps.Keys(mutants)), ", "))
	}
	right, err := process.Start(context.Background(), os.Getenv(ofKey), nil)
	if err != nil {
		return err
	}
	defer right.Stop()
	go func() { // the suite is gone
		_, _ = io.Copy(io.Discard, os.Stdin)
		right.Stop()
		os.Exit(0)
	}()
	p := &proxy{right: right, mistake: m}
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  handshake.Config,
		VersionedPlugins: map[int]plugin.PluginSet{handshake.ProtocolVersion: {handshake.PluginName: served{}}},
		GRPCServer: func(o []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(o, grpc.UnknownServiceHandler(p.handle),
				grpc.MaxRecvMsgSize(handshake.MaxMessageBytes), grpc.MaxSendMsgSize(handshake.MaxMessageBytes))...)
		},
	})
	return nil
}

// served registers nothing: every call is one of an unknown service, and handed on.
type served struct{ plugin.NetRPCUnsupportedPlugin }

func (served) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error { return nil }

func (served) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("a mutant is no client")
}
