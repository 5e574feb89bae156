package trouble

import (
	"context"
	"maps"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// connecting are the checks of connections that come and go.
func connecting() []suite.Check {
	needs := []string{simulated.Requests, simulated.Faults}
	lists := []string{"tickets.list"}
	return []suite.Check{{
		Name: "connections/again", About: "A connection that has ended is not called any more, and works when it is made again.",
		Operations: lists, Needs: []string{simulated.Requests}, Run: connectedAgain,
	}, {
		Name: "connections/ends_after_calls", About: "Disconnect waits for the calls of the connection.",
		Operations: lists, Needs: needs, Run: endsAfterCalls,
	}, {
		Name: "connections/replaced", About: "A connection is replaced while calls run: none of them fails.",
		Operations: lists, Needs: needs, Run: replaced,
	}, {
		Name: "connections/replaced_in_vain", About: "A connection that cannot be replaced stays.",
		Operations: lists, Run: replacedInVain,
	}, {
		Name: "connections/side_by_side", About: "Two connections live side by side: each has its own answers, and one ends without the other.",
		Operations: lists, Run: sideBySide,
	}}
}

// second is a further connection to the same account.
const second = "conformance-second"

func connectedAgain(t *suite.T) {
	disconnect(t, t.Connection())
	v := vendor{t}
	v.forget()
	_, err := t.Call(t.Context(), t.Conn(), "tickets.list", t.Request("tickets.list"))
	if err == nil {
		t.Errorf("tickets.list is answered on a connection that has ended")
	} else if f := suite.Fault(err); f.Code == fault.CodeInternal || f.Outcome == fault.Unknown {
		t.Errorf("tickets.list on a connection that has ended answers %s, outcome %q; it is connection_down, and nothing was sent", suite.Words(err), f.Outcome)
	}
	if log := v.log(); len(log) > 0 {
		t.Errorf("a connection that has ended asks the PSA: %s %s", log[0].Method, log[0].Path)
	}
	disconnect(t, t.Connection()) // there is nothing to end, which is as it should be
	connect(t, t.Connection(), t.Config.JSON)
	works(t, "when the connection is made again")
}

// running is a call under way.
type running struct {
	done chan struct{}
	err  error
}

// slowly begins a read whose first request takes d at the PSA, and returns when it
// is there.
func slowly(t *suite.T, d time.Duration) *running {
	v := vendor{t}
	f := slow(d)
	f.Times = 1
	placed := v.place(f)
	c := &running{done: make(chan struct{})}
	go func() {
		defer close(c.done)
		_, c.err = t.Call(t.Context(), t.Conn(), "tickets.list", t.Request("tickets.list"))
	}()
	if !v.hit(placed, c.done) {
		t.Fatalf("tickets.list asks the PSA for nothing and answers %s", suite.Words(c.err))
	}
	return c
}

// under is how long a call runs on that is under way when its connection goes.
const under = 2 * time.Second

func endsAfterCalls(t *suite.T) {
	c := slowly(t, under)
	disconnect(t, t.Connection())
	select {
	case <-c.done:
	case <-time.After(under / 4): // its answer is on the way at most
		t.Errorf("Disconnect answers while a call of the connection runs")
		<-c.done
	}
	if c.err != nil {
		t.Errorf("a call that ran when its connection was to end answers %s", suite.Words(c.err))
	}
}

func replaced(t *suite.T) {
	c := slowly(t, under)
	connect(t, t.Connection(), t.Config.JSON)
	works(t, "when the connection was replaced while a call ran")
	if <-c.done; c.err != nil {
		t.Errorf("a call that ran when its connection was replaced answers %s", suite.Words(c.err))
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	busy := make(chan struct{})
	go func() {
		defer close(busy)
		atOnce(8, func(int) {
			for ctx.Err() == nil {
				if _, err := t.Call(t.Context(), t.Conn(), "tickets.list", t.Request("tickets.list")); err != nil {
					t.Errorf("a call fails while its connection is replaced: %s", suite.Words(err))
					return
				}
			}
		})
	}()
	for range 5 {
		connect(t, t.Connection(), t.Config.JSON)
	}
	cancel()
	<-busy
}

func replacedInVain(t *suite.T) {
	for what, config := range map[string][]byte{"an empty configuration": []byte(`{}`), "no configuration": nil, "a configuration that is no JSON": []byte(`{"`)} {
		_, err := t.Subject.Control().Connect(t.Context(), connectorv1.ConnectRequest_builder{Connection: new(t.Connection()), ConfigJson: config}.Build())
		t.Heard(err)
		if err == nil {
			t.Logf("Connect takes %s", what)
			connect(t, t.Connection(), t.Config.JSON)
		}
		works(t, "after Connect was called with "+what)
	}
	for n, path := range secretPaths(t.Subject.Description.GetSchema()) {
		config, ok := withText(t.Config.JSON, path, "Wr0ng-Kestrel")
		if !ok {
			continue
		}
		_, err := t.Subject.Control().Connect(t.Context(), connectorv1.ConnectRequest_builder{Connection: new(t.Connection()), ConfigJson: config}.Build())
		t.Heard(err)
		if err == nil { // it is not part of the login, or first calls tell
			connect(t, t.Connection(), t.Config.JSON)
			continue
		}
		works(t, "after Connect was refused for a wrong "+path[len(path)-1])
		if n > 0 {
			break // PSAs lock accounts
		}
	}
}

func sideBySide(t *suite.T) {
	conns := map[string]grpc.ClientConnInterface{t.Connection(): t.Conn()}
	connect(t, second, t.Config.JSON)
	defer disconnect(t, second)
	conns[second] = t.Subject.On(second)
	if len(t.Other.JSON) > 0 {
		conns["the other tenant"] = t.OtherConn()
	}
	alone := map[string]proto.Message{}
	for name, conn := range conns {
		answer, err := t.Call(t.Context(), conn, "tickets.list", t.Request("tickets.list"))
		t.Must(err)
		alone[name] = answer
	}
	if !proto.Equal(alone[t.Connection()], alone[second]) {
		t.Errorf("two connections to one account list other tickets")
	}
	if len(t.Other.JSON) > 0 && proto.Equal(alone[t.Connection()], alone["the other tenant"]) {
		t.Errorf("the connections to two tenants list the same tickets")
	}
	names := slices.Collect(maps.Keys(conns))
	atOnce(callers, func(n int) {
		name := names[n%len(names)]
		answer, err := t.Call(t.Context(), conns[name], "tickets.list", t.Request("tickets.list"))
		if err != nil || !proto.Equal(answer, alone[name]) {
			t.Errorf("beside other connections, tickets.list of %s answers otherwise than alone: %s", name, suite.Words(err))
		}
	})
	disconnect(t, second)
	works(t, "when another connection has ended")
	if _, err := t.Call(t.Context(), t.Subject.On(second), "tickets.list", t.Request("tickets.list")); err == nil {
		t.Errorf("tickets.list is answered on a connection that has ended while another lives")
	}
}
