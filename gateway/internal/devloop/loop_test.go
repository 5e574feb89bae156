package devloop_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/gateway/internal/devloop"
	"github.com/deskgate/deskgate/gateway/internal/scaffold"
)

// author is somebody who works on a connector: who reads the screen, saves files
// and types.
type author struct {
	t     *testing.T
	dir   string
	typed io.WriteCloser
	lines chan string
}

// work starts the loop on a connector as `connector new` writes it.
func work(t *testing.T) *author {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "acme")
	if err := (scaffold.Connector{Name: "acme", Dir: dir, SDK: "../../.."}).Write(); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOWORK", "off")
	in, typed := io.Pipe()
	screen, out := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		l := devloop.Loop{Dir: dir, File: filepath.Join(dir, "conformance.hcl"), In: in, Out: out, Requests: true, Only: "^paging/"}
		err := l.Run(ctx)
		_ = out.Close()
		ended <- err
	}()
	a := &author{t: t, dir: dir, typed: typed, lines: make(chan string, 10_000)}
	go func() {
		defer close(a.lines)
		for s := bufio.NewScanner(screen); s.Scan(); {
			a.lines <- s.Text()
		}
	}()
	t.Cleanup(func() {
		cancel()
		_ = typed.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return a
}

// reads waits for a line, and returns those before it.
func (a *author) reads(text string) []string {
	a.t.Helper()
	var before []string
	for line := range a.lines {
		if strings.Contains(line, text) {
			return before
		}
		before = append(before, line)
	}
	a.t.Fatalf("the screen ended without %q:\n%s", text, strings.Join(before, "\n"))
	return nil
}

// saves changes a file.
func (a *author) saves(file, from, to string) {
	a.t.Helper()
	path := filepath.Join(a.dir, file)
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), from) {
		a.t.Fatalf("%s has no %q (%v)", file, from, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), from, to, 1)), 0o644); err != nil {
		a.t.Fatal(err)
	}
}

// types types a line.
func (a *author) types(line string) {
	a.t.Helper()
	if _, err := io.WriteString(a.typed, line+"\n"); err != nil {
		a.t.Fatal(err)
	}
}

func TestLoop(t *testing.T) {
	a := work(t)
	a.reads("dlv attach ")
	a.reads(" 0 failed")

	const right, wrong = "cursor{order, t.Updated, t.ID}", "cursor{order, t.Updated.Add(time.Hour), t.ID}"
	a.saves("connector/tickets.go", right, wrong) // rows are lost between pages
	a.reads("-- saved: connector/tickets.go")
	a.reads("failed      paging/tickets.list  <- passed")
	a.reads("200 GET    /api/tickets?")
	a.reads(" not run") // all checks have been run

	a.types("") // what failed, again
	a.reads("failed      paging/tickets.list")
	a.reads("0 passed, ")

	a.saves("connector/tickets.go", wrong, "cursor{")
	a.reads("does not build")
	a.reads("tickets.go:")
	a.types("all")
	a.reads("No connector runs")

	a.saves("connector/tickets.go", "cursor{", right)
	a.reads("passed      paging/tickets.list  <- failed")
	a.reads(", 0 failed") // what failed comes first
	a.reads(", 0 failed") // then all
	a.types("q")
	for range a.lines { // the screen ends
	}
}
