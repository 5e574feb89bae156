package pluginsdk

import (
	"slices"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

func TestWatch(t *testing.T) {
	t.Parallel()
	instances := make(chan *demo, 2)
	setup, _ := answers(fault.ConnectionDown("no route"), nil, fault.LoginRefused("no"), fault.LoginRefused("no"))
	r := start(t, demoConnector(func(d *demo) error {
		instances <- d
		return setup(d)
	}))
	r.connect("b", demoJSON)
	r.connect("a", demoJSON)
	b, a := <-instances, <-instances
	stream, err := r.control.Watch(t.Context(), &connectorv1.WatchRequest{})
	if err != nil {
		t.Fatal(err)
	}
	next := func(want ...string) *connectorv1.WatchResponse {
		t.Helper()
		news, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		got := []string{news.GetConnection(), news.GetHealth().String(), news.GetReason()}
		if !slices.Equal(got, want) {
			t.Errorf("heard %q, want %q", got, want)
		}
		if !news.HasSince() {
			t.Error("since when?")
		}
		return news
	}
	next("a", "READY", "")
	next("b", "READY", "")
	b.env.Report(NeedsAttention, "a right is missing")
	next("b", "NEEDS_ATTENTION", "a right is missing")
	b.env.Report(Ready, "")
	next("b", "READY", "")

	_, _ = r.get("a")
	next("a", "DEGRADED", "no route")
	a.env.Report(Degraded, "behind") // not worse
	_, _ = r.get("a")
	next("a", "DEGRADED", "behind") // what was seen is over, what was reported is not
	a.env.Report(Ready, "")
	next("a", "READY", "")
	_, _ = r.get("a")
	next("a", "DEGRADED", "no")
	_, _ = r.get("a")
	news, err := stream.Recv()
	if err != nil || news.GetHealth() != connectorv1.WatchResponse_Health_NEEDS_ATTENTION || news.GetFault().GetReason() != fault.ReasonLoginRefused {
		t.Errorf("heard %v, %v", news, err)
	}

	r.connect("a", demoJSON)
	next("a", "READY", "")
	a.env.Report(NeedsAttention, "from the grave")
	if got := r.health("a"); got != connectorv1.WatchResponse_Health_READY {
		t.Errorf("a replaced instance is heard: %v", got)
	}
	(<-instances).env.Report(Degraded, "slow")
	next("a", "DEGRADED", "slow")
}

func TestWatchCoalesces(t *testing.T) {
	t.Parallel()
	h := newHub()
	h.set("a", state{health: Ready})
	w := h.watch()
	for range 1000 { // nobody reads, and nobody waits
		h.set("a", state{health: Degraded, reason: "slow"})
		h.set("a", state{health: Ready})
		h.set("b", state{health: Ready})
	}
	h.drop("b")
	if news := h.take(w); len(news) != 1 || news[0].GetConnection() != "a" || news[0].GetHealth() != connectorv1.WatchResponse_Health_READY {
		t.Errorf("the news are %v", news)
	}
	if len(w.wake) != 1 || len(h.take(w)) != 0 {
		t.Error("the same news twice")
	}
	h.leave(w)
	h.set("a", state{health: Degraded})
	if len(h.take(w)) != 0 {
		t.Error("news for one who has left")
	}
}
