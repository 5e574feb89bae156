// Command deskgate runs the gateway and talks to one.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// version is set at build time.
var version = "unknown"

// Exit codes, relied on by scripts.
const (
	exitFailed = 1 // the operation failed or the check found a fault
	exitUsage  = 2 // the command line is wrong
	exitConfig = 3 // the configuration is invalid
	exitReach  = 4 // cannot listen, or cannot reach the gateway
)

// exitError is an error with the code that the process ends with. A silent one
// has been reported already.
type exitError struct {
	code   int
	err    error
	silent bool
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func exit(code int, err error) error { return &exitError{code: code, err: err} }

func main() { os.Exit(execute(os.Args[1:])) }

func execute(args []string) int {
	root := newRoot()
	root.SetArgs(args)
	err := root.Execute()
	if err == nil {
		return 0
	}
	// What cobra itself refuses is the command line.
	known := &exitError{code: exitUsage, err: err}
	if e, ok := errors.AsType[*exitError](err); ok {
		known = e
	}
	if !known.silent {
		fmt.Fprintf(os.Stderr, "deskgate: %v\n", known.err)
	}
	if known.code == exitUsage {
		fmt.Fprintln(os.Stderr, "deskgate: see 'deskgate --help'")
	}
	return known.code
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "deskgate",
		Short:         "One vendor-neutral API for the PSA systems of service providers",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.AddCommand(newServe(), newValidate(), newOperation(), newConnector(), newConnection(), newAgent())
	return root
}

// group is a command that only holds others; on its own it is a mistake.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return exit(exitUsage, fmt.Errorf("%s needs a command: %s", cmd.CommandPath(), names(cmd)))
	}}
	cmd.AddCommand(commands...)
	return cmd
}

func names(cmd *cobra.Command) string {
	var list []string
	for _, c := range cmd.Commands() {
		list = append(list, c.Name())
	}
	return strings.Join(list, ", ")
}

// output is the --output flag.
type output string

func (o *output) bind(cmd *cobra.Command) {
	cmd.Flags().StringVar((*string)(o), "output", "table", "how to print: table or json")
}

func (o *output) json() (bool, error) {
	switch *o {
	case "json":
		return true, nil
	case "table":
		return false, nil
	default:
		return false, exit(exitUsage, fmt.Errorf("--output is %q: allowed are table and json", *o))
	}
}

// printTable prints cells that are separated by tabs.
func printTable(fill func(io.Writer)) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fill(w)
	return w.Flush()
}
