package report

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Write writes the result for people.
func (r *Result) Write(w io.Writer) error {
	fmt.Fprintf(w, "Deskgate %s, connector %s, %s\n", r.Version, r.Connector, r.Time.Format("2006-01-02 15:04"))
	m := r.Machine
	fmt.Fprintf(w, "%s, %d cores, %d GiB, %s, kernel %s, %s %s, load before %.2f\n\n", m.CPU, m.Cores, m.Memory>>30, m.OS, m.Kernel, m.Go, m.Arch, m.Load)
	if err := r.writeTimes(w); err != nil {
		return err
	}
	if err := r.writeCounts(w); err != nil {
		return err
	}
	fmt.Fprintf(w, "memory: gateway %d MiB idle, %d after the load; connector %d MiB idle, %d after the load\n",
		r.Memory.GatewayIdle>>20, r.Memory.GatewayLoaded>>20, r.Memory.ConnectorIdle>>20, r.Memory.ConnectorLoaded>>20)
	fmt.Fprintf(w, "cold start to the first answer: %.0f ms (%d tries)\n\n", Median(r.ColdStart), len(r.ColdStart))
	return r.writeTargets(w)
}

func columns(w io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
}

func (r *Result) writeTimes(w io.Writer) error {
	t := columns(w)
	fmt.Fprintln(t, "call\tway\tclients\tp50 ms\tp99 ms\tcalls/s\tCPU µs: gateway\tconnector\tPSA\tclient\t")
	for _, s := range r.Series {
		fmt.Fprintf(t, "%s\t%s\t%d\t%.3f\t%.3f\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t\n", s.Scenario, s.Way, s.Clients,
			s.P50/1000, s.P99/1000, s.PerSecond, s.CPU.Gateway, s.CPU.Connector, s.CPU.Simulator, s.CPU.Client)
	}
	fmt.Fprintln(t)
	return t.Flush()
}

func (r *Result) writeCounts(w io.Writer) error {
	t := columns(w)
	fmt.Fprintln(t, "one call\tvendor requests\tdirectly\tallocations: gateway\tKiB\tconnector\tKiB\t")
	for _, c := range r.Counts {
		fmt.Fprintf(t, "%s\t%g\t%d\t%.0f\t%.1f\t%.0f\t%.1f\t\n", c.Scenario, c.VendorRequests, c.Direct,
			c.Gateway.Objects, c.Gateway.Bytes/1024, c.Connector.Objects, c.Connector.Bytes/1024)
	}
	fmt.Fprintln(t)
	return t.Flush()
}

func (r *Result) writeTargets(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "target\tmeasured\tlimit\t")
	for _, target := range r.Targets {
		word, verdict := "at most", "reached"
		if target.AtLeast {
			word = "at least"
		}
		if !target.Met() {
			verdict = "missed"
		}
		fmt.Fprintf(t, "%s\t%.4g %s\t%s %g\t%s\n", target.Name, target.Value, target.Unit, word, target.Limit, verdict)
	}
	return t.Flush()
}
