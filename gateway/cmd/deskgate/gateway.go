package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/deskgate/deskgate/docs"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"

	"github.com/deskgate/deskgate/gateway/internal/access"
	"github.com/deskgate/deskgate/gateway/internal/config"
	"github.com/deskgate/deskgate/gateway/internal/connector"
	"github.com/deskgate/deskgate/gateway/internal/gatewayapi"
	"github.com/deskgate/deskgate/gateway/internal/jsonwire"
	"github.com/deskgate/deskgate/gateway/internal/manual"
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
	config *config.Config
	// found is what is wrong with the configuration so far.
	found       *config.Diagnostics
	catalogue   *operation.Catalogue
	connectors  *connector.Manager
	connections []connector.ConnectionSpec
	// schemas are what the connections' blocks are checked by.
	schemas map[string]*connectorv1.Schema
	server  *rest.Server
}

// read reads the configuration. What is wrong with it is kept in found, so that
// it can be shown together with what the connectors say.
func (s *settings) read() (*gateway, error) {
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
	c, found := config.Load(config.Options{Path: s.path, Env: os.LookupEnv, Flags: flags, Areas: levels(catalogue)})
	// Connectors run in a directory of their own.
	if c.State.Dir, err = filepath.Abs(c.State.Dir); err != nil {
		return nil, exit(exitConfig, err)
	}
	return &gateway{config: c, found: found, catalogue: catalogue}, nil
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

// describeTimeout bounds the start of all connector processes, and what they are
// asked before they are used.
const describeTimeout = 30 * time.Second

// describe starts the connectors, asks what they are, and checks the
// connections' blocks against what they publish and by asking them. It makes no
// vendor call. All that is wrong goes to w at once; an error among it is the end.
func (g *gateway) describe(logger hclog.Logger, w io.Writer) error {
	ctx, cancel := context.WithTimeout(context.Background(), describeTimeout)
	defer cancel()
	described, errs := g.ask(ctx, logger, g.specs())
	for _, err := range errs {
		g.found.Append(g.place(err))
	}
	g.schemas = map[string]*connectorv1.Schema{}
	for _, c := range g.config.Connections {
		d := described[c.Connector]
		if d == nil {
			continue // its connector is one of the errors
		}
		body, diags := g.config.Connection(c.Name, d.Schema)
		g.found.Append(diags)
		g.schemas[c.Name] = d.Schema
		if body != nil { // else its schema is of no use
			g.connections = append(g.connections, connector.ConnectionSpec{Name: c.Name, Connector: c.Connector, Config: body})
		}
	}
	verdicts := g.connectors.Validate(ctx, g.connections)
	for _, c := range g.config.Connections {
		if err := verdicts[c.Name].Err; err != nil {
			g.found.Append(g.config.At(c.Range, "Connection cannot be checked", sentence(err)))
		}
		g.found.Append(g.config.Violations(c.Name, g.schemas[c.Name], verdicts[c.Name].Violations))
	}
	return report(w, g.found)
}

// ask starts connectors and has each say what it is.
func (g *gateway) ask(ctx context.Context, logger hclog.Logger, specs []connector.Spec) (map[string]*connector.Description, []error) {
	g.connectors = connector.New(connector.Options{
		Logger: logger, Connectors: specs, StateDir: g.config.State.Dir, LogLevel: g.config.Gateway.LogLevel,
	})
	return g.connectors.Describe(ctx)
}

func (g *gateway) specs() []connector.Spec {
	var specs []connector.Spec
	for _, c := range g.config.Connectors {
		specs = append(specs, connector.Spec{Name: c.Name, Source: c.Source, Version: c.Version})
	}
	return specs
}

// place puts what is wrong with a connector where the file speaks of it.
func (g *gateway) place(err error) *config.Diagnostics {
	if e, ok := errors.AsType[*connector.DescribeError](err); ok {
		for _, c := range g.config.Connectors {
			if c.Name == e.Connector {
				return g.config.At(c.SourceRange, "Connector cannot be used", sentence(err))
			}
		}
	}
	return g.config.At(hcl.Range{}, "Connectors cannot be started", sentence(err))
}

// sentence gives an error a capital and a full stop.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}

// start builds everything up to the door, which is not open yet.
func (g *gateway) start(logger hclog.Logger) error {
	if err := g.describe(logger, os.Stderr); err != nil {
		return err
	}
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
	pages, err := manual.New(docs.Pages)
	if err != nil {
		return exit(exitFailed, err)
	}
	inForce := func() *access.Policy { return policy }
	g.server = rest.New(rest.Config{
		Catalogue: g.catalogue,
		Pipeline: pipeline.New(pipeline.Config{
			Policy: inForce, Sealer: pagetoken.New(key), Codec: codec,
			Backend: gatewayapi.New(g.connectors, g.catalogue, inForce),
			Limits: pipeline.Limits{
				Read: g.config.Gateway.Limits.ReadDeadline, Write: g.config.Gateway.Limits.WriteDeadline,
				Transfer: g.config.Gateway.Limits.TransferDeadline, Outcome: g.config.Gateway.Limits.OutcomeDeadline,
			},
		}),
		OpenAPI:   document,
		Docs:      pages,
		Logger:    logger.Named("rest"),
		BodyLimit: g.config.Gateway.Limits.Body, UploadLimit: g.config.Gateway.Limits.Attachment,
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
