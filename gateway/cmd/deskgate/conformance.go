package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/deskgate/deskgate/pluginsdk/conformance"
)

func newConnectorTest() *cobra.Command {
	var file, pattern, junit, markdown string
	var out output
	var o conformance.Options
	var requests bool
	cmd := &cobra.Command{
		Use:   "test BINARY --config FILE",
		Short: "Run the conformance suite against a connector program",
		Long: `Runs the conformance suite against a connector program, as the gateway would start it.
FILE holds the connection and what the suite may rely on there: see docs/conformance.md.
Without a reset_url in it, the part that only reads is run.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			asJSON, err := out.json()
			if err != nil {
				return err
			}
			o.Program, o.File = args[0], file
			if o.Run, err = regexp.Compile(pattern); err != nil {
				return exit(exitUsage, fmt.Errorf("--run is no regular expression: %w", err))
			}
			if !asJSON {
				o.Tell = func(c conformance.Check) { fmt.Fprintln(os.Stdout, c.Line()+told(c, requests)) }
			}
			r, err := conformance.Run(cmd.Context(), o)
			if err != nil {
				return exit(exitConfig, err)
			}
			return errors.Join(showReport(r, asJSON), write(junit, r.JUnit), write(markdown, r.Markdown), verdict(r))
		},
	}
	cmd.Flags().StringVar(&file, "config", "conformance.hcl", "the conformance file")
	cmd.Flags().StringVar(&pattern, "run", "", "run only the checks whose names match this regular expression")
	cmd.Flags().BoolVar(&requests, "requests", false, "show with each check the requests that it cost at the PSA")
	cmd.Flags().StringVar(&junit, "junit", "", "also write the verdicts to this file, as JUnit XML")
	cmd.Flags().StringVar(&markdown, "markdown", "", "also write what the connector can do to this file, for its documentation")
	out.bind(cmd)
	return cmd
}

// told are a check's requests, where they are asked for.
func told(c conformance.Check, requests bool) string {
	if !requests {
		return ""
	}
	return c.Requests()
}

func showReport(r *conformance.Report, asJSON bool) error {
	if asJSON {
		return r.JSON(os.Stdout)
	}
	return r.Summary(os.Stdout)
}

// write writes a report to a file, where one is asked for.
func write(path string, report func(io.Writer) error) error {
	if path == "" {
		return nil
	}
	f, err := os.Create(filepath.Clean(path))
	if err != nil {
		return exit(exitFailed, err)
	}
	return errors.Join(report(f), f.Close())
}

// verdict is the command's own: a suite that showed nothing proves nothing.
func verdict(r *conformance.Report) error {
	switch {
	case r.Failed > 0:
		return exit(exitFailed, fmt.Errorf("%d of %d checks failed", r.Failed, len(r.Checks)))
	case r.Passed == 0:
		return exit(exitFailed, errors.New("no check was run that could pass"))
	}
	return nil
}
