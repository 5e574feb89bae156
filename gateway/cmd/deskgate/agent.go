package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/deskgate/deskgate/gateway/internal/config/token"
)

func newAgent() *cobra.Command {
	return group("agent", "Callers of the gateway", &cobra.Command{
		Use:   "token NAME",
		Short: "Make a token for an agent, and the line for gateway.hcl",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			secret := token.New()
			hash, err := token.Hash(secret)
			if err != nil {
				return exit(exitFailed, err)
			}
			fmt.Printf("# give this to the agent; it is shown only now\n%s\n\n# and this to gateway.hcl\nagent %q {\n  groups       = []\n  token_sha256 = %q\n}\n", secret, args[0], hash)
			return nil
		},
	})
}
