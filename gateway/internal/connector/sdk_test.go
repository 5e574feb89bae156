package connector_test

import (
	"context"
	"io"
	"net"
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
	if check, err := g.Check(t.Context(), "acme"); err != nil {
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
