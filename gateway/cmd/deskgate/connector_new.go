package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/deskgate/deskgate/gateway/internal/scaffold"
)

func newConnectorNew() *cobra.Command {
	var c scaffold.Connector
	cmd := &cobra.Command{
		Use:   "new NAME --sdk PATH",
		Short: "Write a new connector in Go: complete, small and passing the conformance suite",
		Long: `Writes a module of its own into a new folder: a connector that serves tickets and notes of an
invented PSA, a simulator of that, a conformance file and a setup guide. Put your PSA in its place.
PATH is a checkout of Deskgate, which has the SDK.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c.Name = args[0]
			if c.SDK == "" {
				return exit(exitUsage, fmt.Errorf("--sdk is needed: the folder of a checkout of Deskgate"))
			}
			if c.Dir == "" {
				c.Dir = c.Name
			}
			dir, err := filepath.Abs(c.Dir)
			if err != nil {
				return exit(exitFailed, err)
			}
			shown := c.Dir
			c.Dir = dir
			if err := c.Write(); err != nil {
				return exit(exitUsage, err)
			}
			fmt.Fprintf(os.Stdout, "%s is there. Next:\n\n  cd %s\n  go test ./...    # the conformance suite, on its simulator\n\nThen read README.md.\n", c.Name, shown)
			return nil
		},
	}
	cmd.Flags().StringVar(&c.SDK, "sdk", "", "a checkout of Deskgate")
	cmd.Flags().StringVar(&c.Dir, "dir", "", "the folder to make; NAME by default")
	return cmd
}
