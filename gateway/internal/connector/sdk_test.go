package connector_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/deskgate/deskgate/gateway/internal/connector"
	"github.com/deskgate/deskgate/gateway/internal/problem"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// A connector of the SDK, to see that both ends fit.

type sdkConfig struct {
	pluginsdk.CommonConfig
	Token string `hcl:"token" secret:"true" doc:"The token; \"refused\" is refused."`
}

// Validate breaks every rule that a token beginning with "bad" names.
func (c sdkConfig) Validate() []fault.Violation {
	switch {
	case c.Token == "bad-exit":
		os.Exit(3)
	case c.Token == "bad-panic":
		panic(c.Token)
	case strings.HasPrefix(c.Token, "bad-"):
		return []fault.Violation{{Field: "token", Message: "there is no " + c.Token, Allowed: []string{"not " + c.Token}}}
	}
	return nil
}

type sdkInstance struct{ env pluginsdk.Env }

var _ psav1.TicketReaderServer = (*sdkInstance)(nil)

func serveSDK() {
	pluginsdk.Serve(pluginsdk.Connector[sdkConfig, *sdkInstance]{
		Name: helperName, Version: helperVersion, Summary: "fits",
		Connect: func(_ context.Context, env pluginsdk.Env, config sdkConfig) (*sdkInstance, error) {
			if config.Token == "refused" {
				return nil, fault.LoginRefused("the token is refused")
			}
			return &sdkInstance{env}, nil
		},
	})
}

func (i *sdkInstance) ListTickets(context.Context, *psav1.ListTicketsRequest) (*psav1.ListTicketsResponse, error) {
	return nil, fault.RateLimited(0, "too many")
}

func (i *sdkInstance) GetTicket(_ context.Context, in *psav1.GetTicketRequest) (*psav1.GetTicketResponse, error) {
	order, arg, _ := strings.Cut(in.GetTicket(), " ")
	switch order {
	case "panic":
		panic("out of toner")
	case "wait":
		conn, err := net.Dial("unix", arg)
		if err != nil {
			return nil, err
		}
		_, _ = io.Copy(io.Discard, conn)
	}
	i.env.Logger.Info("obeyed", "order", order)
	return psav1.GetTicketResponse_builder{Ticket: psav1.Ticket_builder{Title: new(i.env.Connection + " " + order)}.Build()}.Build(), nil
}

func TestValidate(t *testing.T) {
	t.Parallel()
	sdk, older := newGateway(t, helperAt(t, "sdk"), fast()), newGateway(t, helperAt(t, "plain"), fast())
	validate := func(g *gateway, config string) connector.Verdict {
		spec := connector.ConnectionSpec{Name: "acme", Connector: helperName, Config: []byte(config)}
		return g.Validate(t.Context(), []connector.ConnectionSpec{spec})["acme"]
	}
	if v := validate(sdk, `{}`); v.Err == nil {
		t.Error("a connector that does not run has looked at a configuration")
	}
	sdk.describe()
	older.describe()
	for name, c := range map[string]struct {
		g      *gateway
		config string
		want   []string // field: message allowed
	}{
		"sound":             {sdk, `{"token":"hunter2"}`, nil},
		"everything wrong":  {sdk, `{"rate_limit":"often","priority_levels":{"P1":"high"},"tokn":"x"}`, []string{"tokn: ", "rate_limit: ", `priority_levels["P1"]: `}},
		"a quoted secret":   {sdk, `{"token":"bad-and-long"}`, []string{"token: there is no REDACTED [not [hidden]]"}},
		"an older contract": {older, `{"token":7}`, nil},
	} {
		v := validate(c.g, c.config)
		if v.Err != nil || len(v.Violations) != len(c.want) {
			t.Errorf("%s: %v", name, v)
			continue
		}
		for i, found := range v.Violations {
			if got := fmt.Sprint(found.Field, ": ", found.Message, " ", found.Allowed); !strings.HasPrefix(got, c.want[i]) {
				t.Errorf("%s: %s, want %s", name, got, c.want[i])
			}
		}
	}
	for config, want := range map[string]string{
		`{"token":"bad-panic"}`: `connector "helper" cannot say whether this block can be used: the connector failed`,
		`{"token":"bad-exit"}`:  `connector "helper" ended while it looked at this block`,
	} {
		rude := newGateway(t, helperAt(t, "sdk"), fast())
		rude.describe()
		v := validate(rude, config)
		if v.Err == nil || !strings.HasPrefix(v.Err.Error(), want) || len(v.Violations) > 0 {
			t.Errorf("%s: %v", config, v)
		}
		if said := fmt.Sprint(v.Err, rude.log); strings.Contains(said, "bad-") {
			t.Errorf("%s: the secret is told: %s", config, said)
		}
	}
}

func TestConnectorOfTheSDK(t *testing.T) {
	t.Parallel()
	g := newGateway(t, helperAt(t, "sdk"), fast())
	desc := g.describe()
	if desc.Name != helperName || len(desc.Services) != 1 || len(desc.Schema.GetAttributes()) == 0 {
		t.Fatalf("described as %+v", desc)
	}
	var specs []connector.ConnectionSpec
	for name, config := range map[string]string{"acme": `{"token":"hunter2-hunter2"}`, "refused": `{"token":"refused"}`, "wrong": `{"tokn":"x"}`} {
		specs = append(specs, connector.ConnectionSpec{Name: name, Connector: helperName, Config: []byte(config)})
	}
	g.Connect(specs)
	g.until("acme", connector.Ready)
	g.until("refused", connector.NeedsAttention)
	if status := g.until("wrong", connector.NeedsAttention); len(status.Violations) != 1 || status.Violations[0].Field != "tokn" {
		t.Errorf("violations %+v", status.Violations)
	}
	if got := g.must("acme", "hello"); got != "acme hello" {
		t.Errorf("answered %q", got)
	}
	_, err := g.order("acme", "panic") // the SDK recovers it
	problemOf(t, err, problem.Internal)
	_, err = g.Invoke(t.Context(), "acme", psav1.TicketReader_ListTickets_FullMethodName, &psav1.ListTicketsRequest{}, &psav1.ListTicketsResponse{}, connector.Metadata{})
	problemOf(t, err, problem.RateLimited)
	if check, _, err := g.Check(t.Context(), "acme", connector.Metadata{}); err != nil {
		t.Errorf("the check says %v, %v", check, err)
	}

	release, read := g.waiting("acme", false)
	kill(t, g.pid(), syscall.SIGTERM) // as a service manager does to the whole group
	closed := make(chan struct{})
	go func() { defer close(closed); g.Close(context.Background()) }()
	g.eventually(func() bool { _, err := g.order("acme", "hello"); return err != nil }, func() string { return "new calls are still taken" })
	release()
	if a := <-read; a.err != nil || a.title != "acme wait" {
		t.Errorf("the call in flight was answered %q, %v", a.title, a.err)
	}
	<-closed
	g.ended("exit status 0")
	if lines := g.log.lines("obeyed"); len(lines) < 2 || lines[len(lines)-1]["order"] != "wait" || lines[0]["connection"] != "acme" || lines[0]["connector"] != helperName {
		t.Errorf("logged %v", lines)
	}
}
