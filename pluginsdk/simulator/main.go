package simulator

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/release"
)

// Exit codes of a simulator's command.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	exitListen = 4
)

// Main runs a vendor's simulator as a command and ends the process.
func Main(v Vendor) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, v, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is Main with its surroundings as arguments; it returns the exit code.
func run(ctx context.Context, v Vendor, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	about := v.Describe()
	flags := flag.NewFlagSet("simulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintf(stderr, "Simulates %s, version %s. Admin paths are under /_sim/.\n\nFlags:\n", about.Name, release.Version())
		flags.PrintDefaults()
	}
	listen := flags.String("listen", net.JoinHostPort("127.0.0.1", strconv.Itoa(about.Port)), "`address` to serve HTTP on")
	tlsDir := flags.String("tls", "", "serve HTTPS on the port 100 above too, and write its CA to `DIR`/ca.pem")
	withStdin := flags.Bool("exit-with-stdin", false, "end when standard input is closed")
	seed := flags.Uint64("seed", 1, "`number` that the data is made from")
	limits := flags.String("limits", string(LimitsVendor), "rate limits: vendor or off")
	speed := flags.Float64("speed", 1, "divide the vendor's own delays by this `factor`")
	start := flags.String("start", "", "simulated `time` at the start, such as 2026-03-02T09:00:00Z (default now)")
	version := flags.Bool("version", false, "print the version and end")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitOK
		}
		return exitUsage
	}
	if *version {
		fmt.Fprintln(stdout, release.Version())
		return exitOK
	}
	o := Options{Seed: *seed, Limits: Limits(*limits), Speed: *speed}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "unexpected argument %q; everything is said by flags (--help lists them)\n", flags.Arg(0))
		return exitUsage
	}
	if *start != "" {
		at, err := time.Parse(time.RFC3339, *start)
		if err != nil {
			fmt.Fprintf(stderr, "--start %q is not a time such as 2026-03-02T09:00:00Z\n", *start)
			return exitUsage
		}
		o.Start = at
	}
	if err := o.check(); err != nil {
		fmt.Fprintln(stderr, err)
		return exitUsage
	}
	r, err := Listen(v, o, *listen, *tlsDir)
	switch {
	case errors.Is(err, errListen):
		fmt.Fprintf(stderr, "%v; choose another address with --listen\n", err)
		return exitListen
	case err != nil:
		fmt.Fprintln(stderr, err)
		return exitFailed
	}
	fmt.Fprintf(stdout, "%s simulator on %s (version %s, seed %d, limits %s)\n", about.Name, r.URL, release.Version(), o.Seed, o.Limits)
	if r.TLSURL != "" {
		fmt.Fprintf(stdout, "%s simulator on %s\n", about.Name, r.TLSURL)
	}
	if *withStdin {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		go func() {
			_, _ = io.Copy(io.Discard, stdin)
			cancel()
		}()
	}
	select {
	case <-ctx.Done():
	case err := <-r.failed:
		fmt.Fprintln(stderr, err)
		_ = r.Close()
		return exitFailed
	}
	grace, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	_ = r.Shutdown(grace) // what did not end in time was closed
	return exitOK
}
