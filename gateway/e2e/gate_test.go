package e2e

import (
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// connectors returns the process ids of the connectors that the gateway has
// started, oldest first.
func (w *world) connectors() []int {
	var pids []int
	for _, line := range w.logged("the connector is running") {
		if pid, ok := line["pid"].(float64); ok {
			pids = append(pids, int(pid))
		}
	}
	return pids
}

// connector is the process id of the connector that runs.
func (w *world) connector() int {
	w.t.Helper()
	pids := w.connectors()
	if len(pids) == 0 {
		w.t.Fatal("the log names no connector process")
	}
	return pids[len(pids)-1]
}

// kill9 ends a process as the kernel does when memory is short.
func kill9(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatalf("process %d: %v", pid, err)
	}
}

// within returns the processes whose program or working directory is below a
// directory. What has ended and is only not reaped yet has neither.
func within(dir string) []string {
	var found []string
	entries, _ := filepath.Glob("/proc/[0-9]*")
	for _, proc := range entries {
		for _, link := range []string{"exe", "cwd"} {
			target, err := os.Readlink(filepath.Join(proc, link))
			if err == nil && strings.HasPrefix(target, dir+"/") || target == dir {
				name, _ := os.ReadFile(filepath.Join(proc, "comm"))
				found = append(found, filepath.Base(proc)+" "+strings.TrimSpace(string(name)))
				break
			}
		}
	}
	return found
}

// gone waits until nothing runs below a directory.
func gone(t *testing.T, dir string) {
	t.Helper()
	until(t, "nothing runs in "+dir+" any more", func() bool { return len(within(dir)) == 0 })
}

// freeAddress returns an address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// gate is a way to the vendor that can be shut: callers wait in front of it, or
// find nobody there.
type gate struct {
	t       *testing.T
	address string
	site    http.Handler

	mu     sync.Mutex
	server *http.Server
	shut   chan struct{} // closed when it opens
}

// newGate builds a way to a site that is not there yet.
func newGate(t *testing.T, site string) *gate {
	t.Helper()
	target, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{t: t, address: freeAddress(t), site: httputil.NewSingleHostReverseProxy(target), shut: make(chan struct{})}
	t.Cleanup(g.down)
	return g
}

func (g *gate) url() string { return "http://" + g.address }

// up answers the phone; nobody gets through before open.
func (g *gate) up() {
	g.t.Helper()
	l, err := net.Listen("tcp", g.address)
	if err != nil {
		g.t.Fatal(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-g.shut:
			g.site.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})}
	go func(s *http.Server) { _ = s.Serve(l) }(g.server)
}

func (g *gate) open() { close(g.shut) }

// down cuts every call off and refuses new ones.
func (g *gate) down() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.server != nil {
		_ = g.server.Close()
	}
}
