package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/spf13/cobra"

	"github.com/deskgate/deskgate/gateway/internal/access"
	"github.com/deskgate/deskgate/gateway/internal/config"
	"github.com/deskgate/deskgate/gateway/internal/connector"
	"github.com/deskgate/deskgate/gateway/internal/gatewayapi"
	"github.com/deskgate/deskgate/gateway/internal/jsonwire"
	"github.com/deskgate/deskgate/gateway/internal/openapi"
	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/pagetoken"
	"github.com/deskgate/deskgate/gateway/internal/pipeline"
	"github.com/deskgate/deskgate/gateway/internal/rest"
	"github.com/deskgate/deskgate/gateway/internal/state"
)

// settings are the flags that lie over gateway.hcl.
type settings struct {
	path   string
	listen string
	level  string
	state  string
}

func (s *settings) bind(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.path, "config", "gateway.hcl", "the configuration file")
	cmd.Flags().StringVar(&s.listen, "listen", "", "the address to listen on (over gateway.listen and DESKGATE_LISTEN)")
	cmd.Flags().StringVar(&s.level, "log-level", "", "trace, debug, info, warn or error")
	cmd.Flags().StringVar(&s.state, "state-dir", "", "the state directory (over state.dir and DESKGATE_STATE_DIR)")
}

// gateway is a configuration and the parts that it describes.
type gateway struct {
	config      *config.Config
	catalogue   *operation.Catalogue
	connectors  *connector.Manager
	connections []connector.ConnectionSpec
	server      *rest.Server
}

// load reads the configuration; what is wrong with it goes to w.
func (s *settings) load(w io.Writer) (*gateway, error) {
	catalogue, err := operation.Load()
	if err != nil {
		return nil, exit(exitFailed, err)
	}
	flags := map[string]string{}
	for name, value := range map[string]string{"listen": s.listen, "log-level": s.level, "state-dir": s.state} {
		if value != "" {
			flags[name] = value
		}
	}
	c, diags := config.Load(config.Options{Path: s.path, Env: os.LookupEnv, Flags: flags, Areas: levels(catalogue)})
	if err := report(w, diags); err != nil {
		return nil, err
	}
	// Connectors run in a directory of their own.
	if c.State.Dir, err = filepath.Abs(c.State.Dir); err != nil {
		return nil, exit(exitConfig, err)
	}
	return &gateway{config: c, catalogue: catalogue}, nil
}

// levels are what a group may grant per area. An area takes every level, also
// one that no operation of it asks for yet: a file outlives a version.
func levels(catalogue *operation.Catalogue) map[string][]string {
	allowed := map[string][]string{}
	for area := range catalogue.Areas() {
		for _, level := range []operation.Access{operation.None, operation.Read, operation.Write, operation.Delete} {
			allowed[area] = append(allowed[area], level.String())
		}
	}
	return allowed
}

// report prints diagnostics; errors among them are the end.
func report(w io.Writer, diags *config.Diagnostics) error {
	if diags == nil {
		return nil
	}
	if err := diags.Write(w, false); err != nil {
		return exit(exitFailed, err)
	}
	if diags.HasErrors() {
		return &exitError{code: exitConfig, err: errors.New("the configuration is invalid"), silent: true}
	}
	return nil
}

// describeTimeout bounds the start of all connector processes.
const describeTimeout = 30 * time.Second

// describe starts the connectors, asks what they are and checks the
// connections' blocks against what they publish. It makes no vendor call.
func (g *gateway) describe(logger hclog.Logger, w io.Writer) error {
	var specs []connector.Spec
	for _, c := range g.config.Connectors {
		specs = append(specs, connector.Spec{Name: c.Name, Source: c.Source, Version: c.Version})
	}
	g.connectors = connector.New(connector.Options{
		Logger: logger, Connectors: specs, StateDir: g.config.State.Dir, LogLevel: g.config.Gateway.LogLevel,
	})
	ctx, cancel := context.WithTimeout(context.Background(), describeTimeout)
	defer cancel()
	described, errs := g.connectors.Describe(ctx)
	if len(errs) > 0 {
		return exit(exitConfig, errors.Join(errs...))
	}
	all := &config.Diagnostics{}
	for _, c := range g.config.Connections {
		body, diags := g.config.Connection(c.Name, described[c.Connector].Schema)
		all.Append(diags)
		g.connections = append(g.connections, connector.ConnectionSpec{Name: c.Name, Connector: c.Connector, Config: body})
	}
	return report(w, all)
}

// start builds everything up to the door, which is not open yet.
func (g *gateway) start(logger hclog.Logger) error {
	dir, err := state.Open(g.config.State.Dir)
	if err != nil {
		return exit(exitConfig, err)
	}
	key, err := dir.Key("page-token.key")
	if err != nil {
		return exit(exitConfig, err)
	}
	policy, err := g.policy()
	if err != nil {
		return exit(exitConfig, err)
	}
	document, err := openapi.Document(g.catalogue)
	if err != nil {
		return exit(exitFailed, err)
	}
	codec, err := jsonwire.New(g.catalogue)
	if err != nil {
		return exit(exitFailed, err)
	}
	if err := g.describe(logger, os.Stderr); err != nil {
		g.stop()
		return err
	}
	inForce := func() *access.Policy { return policy }
	g.server = rest.New(rest.Config{
		Catalogue: g.catalogue,
		Pipeline: pipeline.New(pipeline.Config{
			Policy: inForce, Sealer: pagetoken.New(key), Codec: codec,
			Backend: gatewayapi.New(g.connectors, g.catalogue, inForce),
			Limits:  pipeline.Limits{Read: g.config.Gateway.Limits.ReadDeadline, Write: g.config.Gateway.Limits.WriteDeadline},
		}),
		OpenAPI:   document,
		Logger:    logger.Named("rest"),
		BodyLimit: g.config.Gateway.Limits.Body,
		PublicURL: g.config.Gateway.PublicURL,
	})
	return nil
}

// policy is what the groups and agents of the configuration allow.
func (g *gateway) policy() (*access.Policy, error) {
	var groups []access.Group
	for _, c := range g.config.Groups {
		allow := map[string]operation.Access{}
		for area, level := range c.Allow {
			parsed, ok := operation.ParseAccess(level)
			if !ok {
				return nil, fmt.Errorf("group %q: %q is no level", c.Name, level)
			}
			allow[area] = parsed
		}
		groups = append(groups, access.Group{Name: c.Name, Allow: allow, Connections: c.Connections})
	}
	var agents []access.Agent
	for _, c := range g.config.Agents {
		agents = append(agents, access.Agent{Name: c.Name, Groups: c.Groups, TokenID: c.TokenID, TokenSHA256: c.TokenSHA256})
	}
	return access.New(g.catalogue, groups, agents)
}

// stop ends the connector processes.
func (g *gateway) stop() {
	if g.connectors == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), g.config.Gateway.ShutdownTimeout)
	defer cancel()
	g.connectors.Close(ctx)
}
