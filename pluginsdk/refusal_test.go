package pluginsdk

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

func TestRefusedLogins(t *testing.T) {
	t.Parallel()
	refused, down, busy := fault.LoginRefused("the key is wrong"), fault.ConnectionDown("no route"), fault.NotFound("no ticket")
	cases := map[string]struct {
		answers []error
		calls   int
		asked   int32 // how often the instance was called
	}{
		"two in a row":            {[]error{refused, refused}, 5, 2},
		"one":                     {[]error{refused}, 5, 5},
		"an answer in between":    {[]error{refused, nil, refused}, 5, 5},
		"a verdict in between":    {[]error{refused, busy, refused}, 5, 5},
		"no answer in between":    {[]error{refused, down, refused}, 5, 3},
		"our mistake in between":  {[]error{refused, errors.New("x"), refused}, 5, 3},
		"the PSA is down, always": {[]error{down, down, down, down, down}, 5, 5},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			setup, asked := answers(c.answers...)
			r := start(t, demoConnector(setup))
			r.connect("a", demoJSON)
			r.connect("b", demoJSON)
			var err error
			for range c.calls {
				_, err = r.get("a")
			}
			if asked.Load() != c.asked {
				t.Errorf("the instance was asked %d times, want %d", asked.Load(), c.asked)
			}
			if latched := c.asked < int32(c.calls); latched {
				f := faultOf(t, err)
				if !fault.IsLoginRefused(f) || f.Outcome != fault.NotSent || !strings.HasPrefix(f.Message, "the key is wrong (") {
					t.Errorf("later calls get %+v", f)
				}
			}
			if _, err := r.get("b"); err != nil && strings.Contains(err.Error(), "not tried again") {
				t.Errorf("the other connection: %v", err)
			}
		})
	}
}

func TestWhatLiftsTheRefusal(t *testing.T) {
	t.Parallel()
	passed := []Finding{{Step: "login", Level: OK}, {Step: "rights", Level: Warning}}
	failed := []Finding{{Step: "login", Level: Failed, Message: "refused", Advice: "make a new key"}}
	cases := map[string]struct {
		lift   func(*rig) error
		lifted bool
	}{
		"a check that passes": {func(r *rig) error { return r.check(passed, nil) }, true},
		"a check that fails":  {func(r *rig) error { return r.check(failed, nil) }, false},
		"a check that breaks": {func(r *rig) error { return r.check(nil, fault.LoginRefused("still")) }, false},
		"a new connection": {func(r *rig) error {
			_, err := r.tryConnect("a", demoJSON)
			return err
		}, true},
		"a connection that fails": {func(r *rig) error {
			_, err := r.tryConnect("a", `{}`)
			return err
		}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			setup, asked := answers(fault.LoginRefused("no"), fault.LoginRefused("no"))
			r := start(t, demoConnector(setup))
			r.connect("a", demoJSON)
			_, _ = r.get("a")
			_, _ = r.get("a")
			if r.health("a") != connectorv1.WatchResponse_Health_NEEDS_ATTENTION {
				t.Fatal("two refused logins need attention")
			}
			_ = c.lift(r)
			_, err := r.get("a")
			if lifted := err == nil && asked.Load() == 3; lifted != c.lifted {
				t.Errorf("asked %d times, the call gives %v", asked.Load(), err)
			}
			want := connectorv1.WatchResponse_Health_NEEDS_ATTENTION
			if c.lifted {
				want = connectorv1.WatchResponse_Health_READY
			}
			if got := r.health("a"); got != want {
				t.Errorf("the connection is %v", got)
			}
		})
	}
}

// check lets the check of connection a come to this.
func (r *rig) check(findings []Finding, err error) error {
	conn, _ := r.server.connections.enter("a")
	conn.instance.(*demo).check = func(context.Context) ([]Finding, error) { return findings, err }
	conn.calls.leave()
	_, err = r.control.Check(r.Context(), connectorv1.CheckRequest_builder{Connection: new("a")}.Build())
	return err
}

// health returns what a new watcher is told first.
func (r *rig) health(name string) connectorv1.WatchResponse_Health_V {
	r.Helper()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	stream, err := r.control.Watch(ctx, &connectorv1.WatchRequest{})
	if err != nil {
		r.Fatal(err)
	}
	for {
		news, err := stream.Recv()
		if err != nil {
			r.Fatal(err)
		}
		if news.GetConnection() == name {
			return news.GetHealth()
		}
	}
}
