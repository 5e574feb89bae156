package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	gatewayv1 "github.com/deskgate/deskgate/proto/deskgate/gateway/v1"

	"github.com/deskgate/deskgate/gateway/internal/jsonwire"
	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/suggest"
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
				return exit(exitUsage, unknownOperation(args[0], catalogue))
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

func unknownOperation(name string, catalogue *operation.Catalogue) error {
	var names []string
	for _, op := range catalogue.Operations {
		names = append(names, op.Name)
	}
	meant := ":"
	if near := suggest.Nearest(name, names); near != "" {
		meant = fmt.Sprintf("; did you mean %s?", near)
	}
	return fmt.Errorf("no operation is named %q%s 'deskgate operation list' lists them", name, meant)
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
