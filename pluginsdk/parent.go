package pluginsdk

import (
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
)

// parentEvery is how often the parent is looked for. Where stdin is a pipe of
// the gateway, its end tells at once.
const parentEvery = 500 * time.Millisecond

// watchParent returns a channel that tells once why the process that started
// this one is taken for gone. Until then signals do not end this process: a
// service manager sends them to the whole group, and the gateway is still
// draining.
func watchParent(log hclog.Logger) <-chan string {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	// Without a reader of the log, a line would kill this process before its
	// calls have ended.
	signal.Ignore(syscall.SIGPIPE)

	gone := make(chan string, 2)
	if isPipe(os.Stdin) {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin) // an error ends it as well
			gone <- "its end of stdin is closed"
		}()
	}
	parent := os.Getppid()
	go func() {
		ticker := time.NewTicker(parentEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
			case got := <-signals:
				log.Debug("signal ignored: the gateway ends this process", "signal", got.String())
			}
			if os.Getppid() != parent {
				gone <- "it is not the parent any more"
				return
			}
		}
	}()
	return gone
}

// isPipe tells the gateway's pipe from a terminal, a file or /dev/null, whose
// end says nothing.
func isPipe(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0
}

// endWith ends the process in order when the gateway is gone.
func (s *server) endWith(gone <-chan string) {
	why := <-gone
	s.log.Info("the gateway is gone; ending", "why", why)
	// Whatever hangs, nothing outlives the gateway for long.
	time.AfterFunc(s.drain+s.close+time.Second, func() { os.Exit(1) })
	s.stop()
	server := s.grpc.Load()
	if server == nil {
		os.Exit(1) // there was nobody to serve
	}
	server.Stop() // Serve returns
}
