package trouble

import (
	"context"
	"slices"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// watching are the checks of what the connector tells of its connections, and of
// logins that are refused.
func watching() []suite.Check {
	needs := []string{simulated.Requests, simulated.Faults}
	return []suite.Check{{
		Name: "watch/states", About: "Watch tells how every connection is, first of all and whenever it changes.",
		Run: watchedStates,
	}, {
		Name: "watch/refused_login", About: "After two refused logins the PSA is asked no more, Watch says that an admin has to act, and a check that passes, or a new Connect, mends it.",
		Operations: []string{"tickets.list"}, Needs: needs,
		Run: refusedLogins,
	}, {
		Name: "watch/expired_login", About: "A login that has expired once is made again, or told, and the connection works on.",
		Operations: []string{"tickets.list"}, Needs: needs,
		Run: expiredLogin,
	}}
}

// news are what a watcher is told.
type news struct {
	t    *suite.T
	told chan *connectorv1.WatchResponse
	end  context.CancelFunc
}

// newsWait is how long news may take.
const newsWait = 10 * time.Second

// watch begins to watch.
func watch(t *suite.T) *news {
	ctx, cancel := context.WithCancel(t.Context())
	n := &news{t: t, told: make(chan *connectorv1.WatchResponse, 100), end: cancel}
	stream, err := t.Subject.Control().Watch(ctx, &connectorv1.WatchRequest{})
	if err != nil {
		cancel()
		t.Fatalf("Watch: %s", suite.Words(err))
	}
	go func() {
		defer close(n.told)
		for {
			message, err := stream.Recv()
			if err != nil {
				if ctx.Err() == nil {
					t.Errorf("Watch ends by itself: %s", suite.Words(err))
				}
				return
			}
			t.HeardAll(message)
			select {
			case n.told <- message:
			case <-ctx.Done():
				return
			}
		}
	}()
	return n
}

// next waits until it is told that a connection is in a health.
func (n *news) next(connection string, health connectorv1.WatchResponse_Health_V, when string) *connectorv1.WatchResponse {
	var last string
	for late := time.After(newsWait); ; {
		select {
		case m, ok := <-n.told:
			switch {
			case !ok:
				n.t.Fatalf("Watch has ended %s", when)
			case m.GetConnection() != connection:
			case m.GetHealth() == health:
				n.holds(m)
				return m
			default:
				last = m.GetHealth().String()
			}
		case <-late:
			n.t.Fatalf("Watch does not tell that %s is %s %s; it has told last: %q", connection, health, when, last)
		}
	}
}

// holds holds a message to its form.
func (n *news) holds(m *connectorv1.WatchResponse) {
	if !m.HasSince() || m.GetSince().AsTime().After(time.Now().Add(time.Minute)) {
		n.t.Errorf("Watch does not tell since when %s is %s", m.GetConnection(), m.GetHealth())
	}
	if m.GetHealth() != connectorv1.WatchResponse_Health_READY && m.GetReason() == "" {
		n.t.Errorf("Watch tells that %s is %s and not why", m.GetConnection(), m.GetHealth())
	}
}

func watchedStates(t *suite.T) {
	first := watch(t)
	defer first.end()
	first.next(t.Connection(), connectorv1.WatchResponse_Health_READY, "to who begins to watch")
	connect(t, second, t.Config.JSON)
	defer disconnect(t, second)
	first.next(second, connectorv1.WatchResponse_Health_READY, "when it is connected")
	both := watch(t)
	defer both.end()
	both.next(second, connectorv1.WatchResponse_Health_READY, "to who begins to watch")

	disconnect(t, second)
	later := watch(t)
	defer later.end()
	later.next(t.Connection(), connectorv1.WatchResponse_Health_READY, "to who begins to watch")
	select {
	case m := <-later.told:
		if m.GetConnection() == second {
			t.Errorf("Watch tells of %s, which is not connected any more", second)
		}
	case <-time.After(quiet):
	}
}

// connect makes a connection of the process that is tested.
func connect(t *suite.T, name string, config []byte) {
	answer, err := t.Subject.Control().Connect(t.Context(), connectorv1.ConnectRequest_builder{Connection: &name, ConfigJson: config}.Build())
	t.Heard(err)
	if err != nil {
		t.Fatalf("Connect of %s: %s", name, suite.Words(err))
	}
	t.HeardAll(answer)
}

func refusedLogins(t *suite.T) {
	v, n := vendor{t}, watch(t)
	defer n.end()
	n.next(t.Connection(), connectorv1.WatchResponse_Health_READY, "to who begins to watch")
	placed := v.place(simulated.Fault{Fault: simulated.Answers, Status: 401})
	for range 2 {
		refusedCall(t, "whose login is refused")
	}
	m := n.next(t.Connection(), connectorv1.WatchResponse_Health_NEEDS_ATTENTION, "after two refused logins")
	if m.GetFault().GetReason() != fault.ReasonLoginRefused {
		t.Errorf("Watch tells after two refused logins a fault with the reason %q; it is %s", m.GetFault().GetReason(), fault.ReasonLoginRefused)
	}
	v.forget()
	for range 3 {
		refusedCall(t, "after two refused logins")
	}
	if log := v.log(); len(log) > 0 {
		t.Errorf("after two refused logins the PSA is asked all the same, %d times: it will lock the account", len(log))
	}
	late := watch(t)
	defer late.end()
	late.next(t.Connection(), connectorv1.WatchResponse_Health_NEEDS_ATTENTION, "to who begins to watch after two refused logins")
	v.lift(placed)

	check(t)
	if _, err := t.Call(t.Context(), t.Conn(), "tickets.list", t.Request("tickets.list")); err != nil {
		t.Logf("after a check that has passed the connection does not work yet; it is connected anew: %s", suite.Words(err))
		connect(t, t.Connection(), t.Config.JSON)
	}
	n.next(t.Connection(), connectorv1.WatchResponse_Health_READY, "when the login works again")
	works(t, "when the login works again")
}

// refusedCall makes a call that is refused for the login.
func refusedCall(t *suite.T, when string) {
	_, err := t.Call(t.Context(), t.Conn(), "tickets.list", t.Request("tickets.list"))
	f := suite.Fault(err)
	if f == nil || f.Code != fault.CodeConnectionDown || f.Reason != fault.ReasonLoginRefused {
		t.Errorf("tickets.list %s answers %s; it is connection_down with the reason %s", when, suite.Words(err), fault.ReasonLoginRefused)
	}
}

func expiredLogin(t *suite.T) {
	v := vendor{t}
	placed := v.place(simulated.Fault{Fault: simulated.ExpireAuth, Times: 1})
	_, err := t.Call(t.Context(), t.Conn(), "tickets.list", t.Request("tickets.list"))
	v.lift(placed)
	if f := suite.Fault(err); f != nil && (f.Code != fault.CodeConnectionDown || f.Reason != fault.ReasonLoginRefused) {
		t.Errorf("tickets.list meets a login that has expired and answers %s; it logs in anew, or is connection_down with the reason %s", suite.Words(err), fault.ReasonLoginRefused)
	}
	works(t, "after a login that has expired")

	// Of many callers at once, some are on their way already.
	v.forget()
	placed = v.place(simulated.Fault{Fault: simulated.ExpireAuth})
	atOnce(callers, func(int) { refusedCall(t, "whose login has expired") })
	v.lift(placed)
	refused := slices.DeleteFunc(v.log(), func(r simulated.Request) bool { return r.Status != 401 })
	if len(refused) > callers/2 {
		t.Errorf("%d callers at once whose login has expired are refused %d times by the PSA: those that wait meanwhile must not try, since PSAs lock accounts", callers, len(refused))
	}
	check(t)
	if _, err := t.Call(t.Context(), t.Conn(), "tickets.list", t.Request("tickets.list")); err != nil {
		connect(t, t.Connection(), t.Config.JSON)
	}
	works(t, "when the login works again")
}
