package logline

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
)

func TestFloodIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		s := NewSink(hclog.New(&hclog.LoggerOptions{Output: &out, JSONFormat: true}))
		for i := range 5000 {
			s.Stderr(fmt.Appendf(nil, "line %d", i))
		}
		if n := bytes.Count(out.Bytes(), []byte("\n")); n != burst {
			t.Errorf("%d lines were logged", n)
		}
		out.Reset()
		time.Sleep(time.Second)
		s.Stderr([]byte("after"))
		if got := out.String(); !strings.Contains(got, `"dropped":4000`) || !strings.Contains(got, `"after"`) {
			t.Errorf("after the flood: %s", got)
		}
		last := s.Last()
		if len(last) != keepLines || last[keepLines-1] != "[INFO] after" || last[0] != "[INFO] line 4951" {
			t.Errorf("%d lines are kept, %q to %q", len(last), last[0], last[len(last)-1])
		}
	})
}

func TestLevelsBelowTheLoggersCostNothing(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := NewSink(hclog.New(&hclog.LoggerOptions{Output: &out, Level: hclog.Warn, JSONFormat: true}))
	for range 2 * burst {
		s.Stderr([]byte(`{"@level":"debug","@message":"chatter"}`))
	}
	s.Stderr([]byte(`{"@level":"error","@message":"it matters"}`))
	if got := out.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "it matters") {
		t.Errorf("logged %s", got)
	}
}

func TestStackTraceEndsWithTheProcess(t *testing.T) {
	t.Parallel()
	s := NewSink(hclog.NewNullLogger())
	for _, l := range []string{"before", "panic: oh", "goroutine 1 [running]:", `{"@level":"info","@message":"still logging"}`} {
		s.Stderr([]byte(l))
	}
	s.Reset()
	s.Stderr([]byte("the next process"))
	want := []string{"[INFO] before", "[ERROR] panic: oh", "[ERROR] goroutine 1 [running]:", "[INFO] still logging", "[INFO] the next process"}
	if got := s.Last(); !slices.Equal(got, want) {
		t.Errorf("kept %q", got)
	}
}

func TestHide(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := NewSink(hclog.New(&hclog.LoggerOptions{Output: &out, JSONFormat: true}))
	s.Hide(strings.NewReplacer("hunter2", "[hidden]"))
	s.Stderr([]byte(`{"@level":"info","@message":"as hun\u0074er2","list":["hunter2"],"hunter2":"x"}`))
	s.Stdout([]byte("hunter2"))
	if got := out.String() + strings.Join(s.Last(), ""); strings.Contains(got, "hunter2") {
		t.Errorf("the secret is in %s", got)
	}
}
