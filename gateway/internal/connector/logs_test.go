package connector_test

import (
	"fmt"
	"strings"
	"testing"
)

// noise is what the helper writes before it serves: lines that no log may choke
// on, the first of which makes go-plugin panic.
var noise = `{"@level":"info","@message":42}
{"@level":"warn","@message":"watch out","@module":"gateway","connector":"forged","request_id":"r1","big":9007199254740993}
plain words
` + "\x1b[2Jcontrol\x00characters \xff\n" + strings.Repeat("long ", 100_000) + "\n"

func TestNoise(t *testing.T) {
	t.Parallel()
	g := newGateway(t, helperAt(t, "noisy"), fast())
	g.describe()
	g.connect(one)
	g.must("acme", "print where nothing should be")
	g.must("acme", "log [ERROR] the token is hunter2-hunter2")
	g.eventually(func() bool {
		return len(g.log.lines("where nothing should be")) == 1 && len(g.log.lines("the token is")) == 1
	}, func() string { return "the lines did not come" })

	for part, want := range map[string]string{
		`{"@level":"info","@message":42}`: "info",
		"watch out":                       "warn",
		"plain words":                     "info",
		`\x1b[2Jcontrol\x00characters �`:  "info",
		"long long":                       "info",
		"where nothing should be":         "debug",
		"the token is [hidden]":           "error",
	} {
		lines := g.log.lines(part)
		if len(lines) != 1 || lines[0]["@level"] != want || lines[0]["connector"] != helperName || len(fmt.Sprint(lines[0]["@message"])) > 5000 {
			t.Errorf("%q was logged as %v", part, lines)
		}
	}
	line := g.log.lines("watch out")[0]
	if line["module"] != "gateway" || line["request_id"] != "r1" || !strings.Contains(g.log.String(), `"big":9007199254740993`) {
		t.Errorf("the fields are %v", line)
	}
	if strings.Contains(g.log.String(), "hunter2") {
		t.Error("the secret is in the log")
	}
	kept := strings.Join(g.Processes()[0].LastLines, "\n")
	if !strings.Contains(kept, "[ERROR] [ERROR] the token is [hidden]") || !strings.Contains(kept, "[WARN] watch out") {
		t.Errorf("the last lines are\n%s", kept)
	}
}

func TestStackTraceOfADyingConnector(t *testing.T) {
	t.Parallel()
	g := running(t, fast(), one)
	_, _ = g.order("acme", "panic")
	g.eventually(func() bool { return len(g.log.lines("goroutine ")) > 0 }, func() string { return "no stack trace" })
	for _, part := range []string{"panic: out of toner", "goroutine "} {
		if level := g.log.lines(part)[0]["@level"]; level != "error" {
			t.Errorf("%q was logged as %v", part, level)
		}
	}
}
