package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/deskgate/deskgate/gateway/bench/compare"
	"github.com/deskgate/deskgate/gateway/bench/report"
)

var errWorse = errors.New("something is worse")

func compareCommand() *cobra.Command {
	var threshold float64
	cmd := &cobra.Command{
		Use: "compare OLD NEW", Short: "Compare two results; exit 1 if the new one is worse", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			old, err := report.Load(args[0])
			if err != nil {
				return err
			}
			recent, err := report.Load(args[1])
			if err != nil {
				return err
			}
			all, err := compare.Results(old, recent, threshold/100)
			if err != nil {
				return err
			}
			worse, err := compare.Write(cmd.OutOrStdout(), all)
			if err == nil && worse {
				err = errWorse
			}
			return err
		},
	}
	cmd.Flags().Float64Var(&threshold, "threshold", 15, "the percentage from which on a change counts")
	return cmd
}
