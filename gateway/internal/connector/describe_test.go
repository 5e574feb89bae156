package connector_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/deskgate/deskgate/gateway/internal/connector"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	g := newGateway(t, helperAt(t, "plain"), fast())
	desc := g.describe()
	if desc.Name != helperName || desc.Version != helperVersion || desc.Summary != "obeys" ||
		!slices.Equal(desc.Services, []string{"deskgate.psa.v1.TicketReader"}) ||
		!desc.Operations["tickets.list"].GetEmulated() || len(desc.Schema.GetAttributes()) != 1 || len(desc.SHA256) != 64 {
		t.Errorf("described as %+v", desc)
	}
	pid := g.pid()
	if pid == 0 || g.describe() != desc || g.pid() != pid {
		t.Error("describing it again is not the same process")
	}
}

func TestStaticFaults(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, test := range map[string]struct {
		spec connector.Spec
		want string // SOURCE stands for the path
	}{
		"missing":         {connector.Spec{Source: filepath.Join(folder, "none")}, "cannot be used: there is no file or folder SOURCE: build or install the connector, or correct the source"},
		"a folder":        {connector.Spec{Source: folder}, "cannot be used: the folder SOURCE has no program deskgate-connector-helper in it: name the connector's own folder or its program, or correct the name of the block"},
		"a device":        {connector.Spec{Source: os.DevNull}, "cannot be used: SOURCE is no regular file: the source names the connector's program, or the folder that it is in"},
		"not executable":  {connector.Spec{Source: write("text", "hello", 0o600)}, "cannot be used: SOURCE is not executable: chmod +x it, or correct the source"},
		"not a program":   {connector.Spec{Source: write("noise", "\x00\x01\x02", 0o700)}, "is not a program that this machine can run: SOURCE was built for another system, or is no program at all"},
		"no interpreter":  {connector.Spec{Source: write("lost", "#!/no/such/interpreter\n", 0o700)}, "cannot be run: the interpreter or loader that SOURCE names is not installed"},
		"prints garbage":  {connector.Spec{Source: script(t, "hello", "echo hello, world; sleep 1000")}, `is not a connector, or not one that this gateway can use: its first line is no handshake, it began with "hello, world"; correct the source`},
		"ends at once":    {connector.Spec{Source: script(t, "false", "echo no licence >&2; exit 3")}, "ended (exit status 3) without saying that it is a connector: run SOURCE by hand to see what it is; its last words were: [INFO] no licence"},
		"another version": {connector.Spec{Source: helperAt(t, "other-version")}, "speaks protocol version 2, this gateway speaks version 1: install the connector that was made for this gateway"},
		"on tcp":          {connector.Spec{Source: script(t, "tcp", "echo '1|1|tcp|127.0.0.1:1|grpc|cert'; sleep 1000")}, `is not a connector, or not one that this gateway can use: it has to listen for gRPC on a unix socket, and its handshake says otherwise, it began with "1|1|tcp|127.0.0.1:1|grpc|cert"; correct the source`},
		"without a key":   {connector.Spec{Source: script(t, "plain", "echo '1|1|unix|/tmp/x|grpc|'; sleep 1000")}, `is not a connector, or not one that this gateway can use: its handshake has no certificate, and the gateway speaks mutual TLS only, it began with "1|1|unix|/tmp/x|grpc|"; correct the source`},
		"foreign socket":  {connector.Spec{Source: script(t, "foreign", "echo '1|1|unix|/run/other.sock|grpc|cert'; sleep 1000")}, `is not a connector, or not one that this gateway can use: its socket is outside of the folder that PLUGIN_UNIX_SOCKET_DIR named, it began with "/run/other.sock"; correct the source`},
		"wrong name":      {connector.Spec{Name: "other", Source: helperAt(t, "plain")}, `calls itself "helper": rename the block to connector "helper", or correct its source SOURCE`},
		"wrong version":   {connector.Spec{Source: helperAt(t, "plain"), Version: "2.0.0"}, `has version "1.2.3" and its block asks for "2.0.0": install that version at SOURCE, or correct the block`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.spec.Name == "" {
				test.spec.Name = helperName
			}
			m := connector.New(connector.Options{Connectors: []connector.Spec{test.spec}, StateDir: t.TempDir(), Timing: fast()})
			defer m.Close(t.Context())
			all, errs := m.Describe(t.Context())
			if len(errs) != 1 || len(all) != 0 {
				t.Fatalf("described as %v, errors %v", all, errs)
			}
			got := strings.ReplaceAll(errs[0].Error(), test.spec.Source, "SOURCE")
			if want := `connector "` + test.spec.Name + `" ` + test.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if status := m.Processes()[0]; status.PID != 0 || status.State != connector.Failed {
				t.Errorf("the process is %+v", status)
			}
		})
	}
}

// A connector in a folder has all of it beside it, and keeps it when the original
// changes.
func TestFolder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "helper")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"deskgate-connector-helper": "#!/bin/sh\nexec \"$(cat lib/mode)\" -connector plain\n",
		"lib/mode":                  self,
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	g := newGateway(t, folder, fast())
	if desc := g.describe(); desc.Name != helperName || len(desc.SHA256) != 64 {
		t.Errorf("described as %+v", desc)
	}
	g.connect(map[string]helperConfig{"a": {}})
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	first := g.pid()
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	g.restarted(first)
	g.until("a", connector.Ready)
}

func TestInterpreterThatIsNotThere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lost")
	if err := os.WriteFile(path, []byte("#!/usr/bin/env no-such-interpreter\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, errs := newGateway(t, path, fast()).Describe(t.Context())
	want := `connector "helper" cannot be run: the interpreter that the first line of ` + path + ` names is not in the gateway's PATH; its last words were: `
	if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), want) {
		t.Errorf("got %v, want %s", errs, want)
	}
}

func TestStartThatHangs(t *testing.T) {
	t.Parallel()
	timing := fast()
	timing.Start = 50 * time.Millisecond
	g := newGateway(t, script(t, "mute", "exec sleep 1000"), timing)
	_, errs := g.Describe(t.Context())
	if want := `connector "helper" did not answer within 50ms of its start: it is not a connector, or it hangs`; len(errs) != 1 || errs[0].Error() != want {
		t.Errorf("got %v, want %s", errs, want)
	}
}

func TestSlowStart(t *testing.T) {
	t.Parallel()
	socket := newTie(t)
	self, _ := os.Executable()
	// It begins when the test lets it.
	g := newGateway(t, script(t, "slow", "'"+self+"' -hold "+socket.path+"; exec '"+self+"' -connector plain"), fast())
	begun := make(chan struct{})
	go func() {
		defer close(begun)
		socket.come().Close()
	}()
	if desc := g.describe(); desc.Name != helperName {
		t.Errorf("described as %+v", desc)
	}
	<-begun
}

func TestOneFaultDoesNotHideTheOthers(t *testing.T) {
	t.Parallel()
	m := connector.New(connector.Options{
		Connectors: []connector.Spec{{Name: "b", Source: "/no/b"}, {Name: helperName, Source: helperAt(t, "plain")}, {Name: "a", Source: "/no/a"}},
		StateDir:   t.TempDir(), Timing: fast(),
	})
	defer m.Close(t.Context())
	all, errs := m.Describe(t.Context())
	if len(all) != 1 || all[helperName] == nil {
		t.Errorf("described %v", all)
	}
	if len(errs) != 2 || !strings.HasPrefix(errs[0].Error(), `connector "a" `) || !strings.HasPrefix(errs[1].Error(), `connector "b" `) {
		t.Errorf("errors %v", errs)
	}
}

func TestCloseBeforeAnything(t *testing.T) {
	t.Parallel()
	g := newGateway(t, helperAt(t, "plain"), fast())
	g.Close(t.Context())
	if _, errs := g.Describe(t.Context()); len(errs) != 1 || !strings.Contains(errs[0].Error(), "the gateway is stopping") {
		t.Errorf("errors %v", errs)
	}
}
