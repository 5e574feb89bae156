package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	gatewayv1 "github.com/deskgate/deskgate/proto/deskgate/gateway/v1"

	"github.com/deskgate/deskgate/gateway/internal/jsonwire"
	"github.com/deskgate/deskgate/gateway/internal/operation"
)

func newOperation() *cobra.Command {
	return group("operation", "What the API can do", newOperationList(), newOperationShow())
}

func newOperationList() *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the operations",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			asJSON, err := out.json()
			if err != nil {
				return err
			}
			catalogue, err := operation.Load()
			if err != nil {
				return exit(exitFailed, err)
			}
			if asJSON {
				all := &gatewayv1.ListOperationsResponse{}
				for _, op := range catalogue.Operations {
					all.SetOperations(append(all.GetOperations(), op.Record()))
				}
				return printJSON(catalogue, all)
			}
			return catalogue.WriteTable(os.Stdout)
		},
	}
	out.bind(cmd)
	return cmd
}

func newOperationShow() *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "Show one operation with its request and answer",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			asJSON, err := out.json()
			if err != nil {
				return err
			}
			catalogue, err := operation.Load()
			if err != nil {
				return exit(exitFailed, err)
			}
			op := catalogue.ByName(args[0])
			if op == nil {
				return exit(exitUsage, fmt.Errorf("no operation is named %q: 'deskgate operation list' lists them", args[0]))
			}
			if asJSON {
				return printJSON(catalogue, op.Record())
			}
			return op.WriteDetail(os.Stdout)
		},
	}
	out.bind(cmd)
	return cmd
}

// printJSON prints a message as the API would answer it.
func printJSON(catalogue *operation.Catalogue, m proto.Message) error {
	codec, err := jsonwire.New(catalogue)
	if err != nil {
		return exit(exitFailed, err)
	}
	text, err := codec.Encode(nil, m)
	if err != nil {
		return exit(exitFailed, err)
	}
	_, err = fmt.Println(string(text))
	return err
}
