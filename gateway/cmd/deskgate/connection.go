package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	gatewayv1 "github.com/deskgate/deskgate/proto/deskgate/gateway/v1"
)

func newConnection() *cobra.Command {
	return group("connection", "The configured accounts, at a running gateway", newConnectionList(), newConnectionCheck())
}

func newConnectionList() *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the connections and how they are",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			answer := &gatewayv1.ListConnectionsResponse{}
			return show(out, http.MethodGet, "/v1/connections", answer, func(w io.Writer) {
				fmt.Fprintln(w, "NAME\tCONNECTOR\tVERSION\tSTATE\tREASON")
				for _, c := range answer.GetConnections() {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", c.GetName(), c.GetConnector(), c.GetConnectorVersion(), word(c.GetState()), c.GetReason())
				}
			})
		},
	}
	out.bind(cmd)
	return cmd
}

func newConnectionCheck() *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "check NAME",
		Short: "Check whether a connection works",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			answer := &gatewayv1.CheckConnectionResponse{}
			err := show(out, http.MethodPost, "/v1/connections/"+url.PathEscape(args[0])+"/checks", answer, func(w io.Writer) {
				fmt.Fprintln(w, "STEP\tRESULT\tFOUND")
				for _, f := range answer.GetFindings() {
					fmt.Fprintf(w, "%s\t%s\t%s\n", f.GetStep(), word(f.GetLevel()), f.GetMessage())
					if f.GetAdvice() != "" {
						fmt.Fprintf(w, "\t\t-> %s\n", f.GetAdvice())
					}
				}
				showSetup(w, answer.GetSetup())
				showOperations(w, answer.GetOperations())
			})
			if err == nil && !answer.GetPassed() {
				return &exitError{code: exitFailed, err: errors.New("the check found a fault"), silent: true}
			}
			return err
		},
	}
	out.bind(cmd)
	return cmd
}

// showSetup marks the steps of the connector's setup page.
func showSetup(w io.Writer, steps []*gatewayv1.SetupStep) {
	if len(steps) == 0 {
		return
	}
	fmt.Fprintln(w, "\nSETUP\tRESULT\tPROVEN BY")
	for _, s := range steps {
		fmt.Fprintf(w, "%s\t%s\t%s\n", s.GetTitle(), word(s.GetState()), strings.Join(s.GetProvenBy(), ", "))
	}
}

// showOperations tells how the connection serves each operation.
func showOperations(w io.Writer, operations []*gatewayv1.ServedOperation) {
	if len(operations) == 0 {
		return
	}
	fmt.Fprintln(w, "\nOPERATION\tSERVED\tAT THE PSA\tWHY")
	for _, o := range operations {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", o.GetOperation(), word(o.GetSupport()), word(o.GetPermission()), o.GetReason())
		if o.GetRight() != "" && o.GetPermission() != gatewayv1.PsaPermission_GRANTED {
			fmt.Fprintf(w, "\t\t\t-> needs %s\n", o.GetRight())
		}
	}
}

// show makes a call and prints the answer: the API's own JSON, or a table.
func show(out output, method, path string, answer proto.Message, table func(io.Writer)) error {
	asJSON, err := out.json()
	if err != nil {
		return err
	}
	c, err := newClient()
	if err != nil {
		return err
	}
	body, err := c.call(method, path, answer)
	if err != nil {
		return err
	}
	if asJSON {
		_, err := fmt.Println(string(body))
		return err
	}
	return printTable(table)
}

// word is an enum value as a person reads it.
func word(v fmt.Stringer) string { return strings.ToLower(strings.ReplaceAll(v.String(), "_", " ")) }
