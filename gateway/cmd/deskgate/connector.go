package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/spf13/cobra"

	"github.com/deskgate/deskgate/gateway/internal/config"
	"github.com/deskgate/deskgate/gateway/internal/connector"
)

func newConnector() *cobra.Command {
	return group("connector", "The programs that speak a PSA's API", newConnectorList(), newConnectorSetup(), newConnectorTest(), newConnectorNew(), newConnectorDev())
}

// connectorRow is one connector of gateway.hcl, as the program itself tells it.
type connectorRow struct {
	Name     string   `json:"name"`
	Version  string   `json:"version,omitempty"`
	Source   string   `json:"source"`
	Summary  string   `json:"summary,omitempty"`
	Services []string `json:"services"`
}

func newConnectorList() *cobra.Command {
	var flags settings
	var out output
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Start the connectors of gateway.hcl, and list what they say they are",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			asJSON, err := out.json()
			if err != nil {
				return err
			}
			g, err := flags.read()
			if err != nil {
				return err
			}
			defer g.stop()
			if g.connectorsUnknown() {
				return report(os.Stderr, g.found)
			}
			rows, faults := g.connectorRows()
			if asJSON {
				encoder := json.NewEncoder(os.Stdout)
				encoder.SetEscapeHTML(false)
				if err := encoder.Encode(map[string]any{"connectors": rows}); err != nil {
					return exit(exitFailed, err)
				}
			} else if err := printTable(func(w io.Writer) {
				fmt.Fprintln(w, "NAME\tVERSION\tSERVICES\tSOURCE")
				for _, r := range rows {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Name, r.Version, strings.Join(short(r.Services), " "), r.Source)
				}
			}); err != nil {
				return exit(exitFailed, err)
			}
			if len(faults) > 0 {
				return exit(exitConfig, errors.Join(faults...))
			}
			return nil
		},
	}
	flags.bind(cmd)
	out.bind(cmd)
	return cmd
}

func newConnectorSetup() *cobra.Command {
	var flags settings
	cmd := &cobra.Command{
		Use:   "setup NAME",
		Short: "Print what to do at the PSA for a connector of gateway.hcl, in Markdown",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			g, err := flags.read()
			if err != nil {
				return err
			}
			defer g.stop()
			if g.connectorsUnknown() {
				return report(os.Stderr, g.found)
			}
			specs := slices.DeleteFunc(g.specs(), func(s connector.Spec) bool { return s.Name != args[0] })
			if len(specs) == 0 {
				var names []string
				for _, s := range g.specs() {
					names = append(names, s.Name)
				}
				return exit(exitUsage, fmt.Errorf("no connector is named %q in %s; there are: %s", args[0], flags.path, strings.Join(names, ", ")))
			}
			ctx, cancel := context.WithTimeout(context.Background(), describeTimeout)
			defer cancel()
			described, faults := g.ask(ctx, hclog.NewNullLogger(), specs)
			if d := described[args[0]]; d != nil {
				_, err := fmt.Fprint(os.Stdout, d.Setup)
				return err
			}
			return exit(exitConfig, errors.Join(faults...))
		},
	}
	flags.bind(cmd)
	return cmd
}

// connectorsUnknown says whether the file does not tell which connectors there
// are. What is wrong with agents or connections does not matter to that.
func (g *gateway) connectorsUnknown() bool {
	return slices.ContainsFunc(g.found.All(), func(d config.Diagnostic) bool {
		return d.Severity == config.Error && (d.Block == "" || strings.HasPrefix(d.Block, "connector "))
	})
}

func (g *gateway) connectorRows() ([]connectorRow, []error) {
	specs := g.specs()
	ctx, cancel := context.WithTimeout(context.Background(), describeTimeout)
	defer cancel()
	described, faults := g.ask(ctx, hclog.NewNullLogger(), specs)
	rows := []connectorRow{}
	for _, s := range specs {
		row := connectorRow{Name: s.Name, Source: s.Source, Services: []string{}}
		if d := described[s.Name]; d != nil {
			row.Version, row.Summary, row.Services = d.Version, d.Summary, d.Services
		}
		rows = append(rows, row)
	}
	return rows, faults
}

// short drops the package from service names.
func short(services []string) []string {
	var names []string
	for _, s := range services {
		if name, ok := strings.CutPrefix(s, "deskgate.psa.v1."); ok {
			names = append(names, name)
		}
	}
	return names
}
