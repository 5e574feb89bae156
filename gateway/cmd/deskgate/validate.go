package main

import (
	"fmt"
	"os"

	"github.com/hashicorp/go-hclog"
	"github.com/spf13/cobra"
)

func newValidate() *cobra.Command {
	var flags settings
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Check gateway.hcl, connector schemas included, without calling a PSA",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			g, err := flags.read()
			if err != nil {
				return err
			}
			defer g.stop()
			if err := g.describe(hclog.NewNullLogger(), os.Stderr); err != nil {
				return err
			}
			if _, err := g.policy(); err != nil {
				return exit(exitConfig, err)
			}
			fmt.Printf("%s is valid: %d connectors, %d connections, %d groups, %d agents\n", flags.path,
				len(g.config.Connectors), len(g.config.Connections), len(g.config.Groups), len(g.config.Agents))
			return nil
		},
	}
	flags.bind(cmd)
	return cmd
}
