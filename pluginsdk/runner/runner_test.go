package runner_test

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/runner"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const greeting = "1|1|unix|/tmp/s|grpc|certificate"

// started starts a shell script and returns it and the lines that it writes.
func started(t *testing.T, body string) (*runner.Runner, func() (stdout, stderr []string)) {
	t.Helper()
	r, lines := prepared(t, body)
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r, lines
}

func prepared(t *testing.T, body string) (*runner.Runner, func() (stdout, stderr []string)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script")
	syscall.ForkLock.RLock() // no other test may fork while it is open for writing
	err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	spawner := runner.NewSpawner()
	t.Cleanup(spawner.Close)
	var mu sync.Mutex
	var stdout, stderr []string
	collect := func(to *[]string) func([]byte) {
		return func(l []byte) { mu.Lock(); defer mu.Unlock(); *to = append(*to, string(l)) }
	}
	r := runner.New(runner.Config{
		Name: "script", Path: path, Env: []string{"PATH=" + os.Getenv("PATH"), "A=b"}, SocketDir: "/tmp/sockets",
		Stdout: collect(&stdout), Stderr: collect(&stderr), Spawner: spawner,
	})
	return r, func() ([]string, []string) {
		<-r.Finished()
		mu.Lock()
		defer mu.Unlock()
		return stdout, stderr
	}
}

func TestOutput(t *testing.T) {
	t.Parallel()
	r, lines := started(t, "echo '"+greeting+`'; echo more; echo trouble >&2; [ "$(pwd)" = "$(dirname "$0")" ] && echo $A at home; exit 4`)
	all := bufio.NewScanner(r.Stdout())
	if !all.Scan() || all.Text() != greeting || all.Scan() {
		t.Errorf("go-plugin reads %q and more", all.Text())
	}
	stdout, stderr := lines()
	if !slices.Equal(stdout, []string{"more", "b at home"}) || !slices.Equal(stderr, []string{"trouble"}) {
		t.Errorf("it wrote %q and %q", stdout, stderr)
	}
	if r.Err() != nil || r.Exit() != "exit status 4" || r.ID() == "" {
		t.Errorf("%v, %s, %s", r.Err(), r.Exit(), r.ID())
	}
}

func TestKillEndsTheGroup(t *testing.T) {
	t.Parallel()
	// The child holds both outputs open: only its end lets them finish at once.
	r, lines := started(t, "sleep 1000 & echo $! >&2; echo '"+greeting+"'; wait")
	line, err := bufio.NewReader(r.Stdout()).ReadString('\n')
	if err != nil || line != greeting+"\n" {
		t.Fatalf("%q, %v", line, err)
	}
	for range 2 { // a second time does nothing
		if err := r.Kill(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	<-r.Exited()
	lines()
	if r.Exit() != "signal: killed" {
		t.Errorf("it ended by %s", r.Exit())
	}
	if err := r.Kill(t.Context()); err != nil {
		t.Errorf("after the end: %v", err)
	}
}

func TestChildrenEndWithTheProcess(t *testing.T) {
	t.Parallel()
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	r, _ := started(t, "(exec 3>"+fifo+"; exec sleep 1000) >/dev/null 2>&1 </dev/null & exec 3>"+fifo+"; exit 0")
	f, err := os.Open(fifo) // returns when one has opened it for writing
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	<-r.Exited()
	if _, err := f.Read(make([]byte, 1)); err == nil { // the end of the file: nobody is left
		t.Error("something was written")
	}
}

func TestKillBeforeTheStart(t *testing.T) {
	t.Parallel()
	r, lines := prepared(t, "sleep 1000")
	if err := r.Kill(t.Context()); err != nil || r.ID() != "" {
		t.Fatalf("%v, %q", err, r.ID())
	}
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	lines()
	if r.Exit() != "signal: killed" {
		t.Errorf("it ended by %s", r.Exit())
	}
}

func TestStdinIsOpenWhileTheGatewayLives(t *testing.T) {
	t.Parallel()
	r, lines := started(t, "echo '"+greeting+"'; read line || echo eof >&2")
	if _, err := bufio.NewReader(r.Stdout()).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if r.Exit() != "" {
		t.Errorf("it ended: %s", r.Exit())
	}
	_ = r.Kill(t.Context())
	if _, stderr := lines(); len(stderr) != 0 {
		t.Errorf("its stdin ended: %q", stderr)
	}
}

func TestHandshakes(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"hello":                   `its first line is no handshake: "hello"`,
		"2|1|unix|/s|grpc|cert":   `its first line is no handshake: "2|1|unix|/s|grpc|cert"`,
		"1|7|unix|/s|grpc|cert":   "it speaks protocol version 7 and the gateway speaks 1",
		"1|1|unix|/s|netrpc|cert": `it has to listen for gRPC on a unix socket, and its handshake says otherwise: "1|1|unix|/s|netrpc|cert"`,
		"1|1|unix|/s|grpc":        `its handshake has no certificate, and the gateway speaks mutual TLS only: "1|1|unix|/s|grpc"`,
		strings.Repeat("é", 200):  `its first line is no handshake: "` + strings.Repeat("é", 120) + `…"`,
	} {
		r, lines := started(t, "echo '"+line+"'; exec sleep 1000")
		lines() // it was ended
		if r.Err() == nil || r.Err().Error() != want {
			t.Errorf("%q: %v", line, r.Err())
		}
	}
}

func TestSocketsStayInTheirFolder(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"/tmp/sockets/s": true, "/tmp/sockets/deep/s": true, "/tmp/sockets/../s": false, "/run/s": false, "s": false,
	} {
		r, _ := prepared(t, "")
		if _, _, err := r.PluginToHost("unix", address); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
}
