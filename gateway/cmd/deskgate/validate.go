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
			fmt.Printf("%s is valid: %s, %s, %s, %s\n", flags.path,
				count(len(g.config.Connectors), "connector"), count(len(g.config.Connections), "connection"),
				count(len(g.config.Groups), "group"), count(len(g.config.Agents), "agent"))
			return nil
		},
	}
	flags.bind(cmd)
	return cmd
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
