package connector

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	simcw "github.com/deskgate/deskgate/plugins/connectwise/simulator"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/schema"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// startSimulator serves a tenant of its own for one test.
func startSimulator(t *testing.T) *simulator.Running {
	t.Helper()
	sim, err := simulator.Start(simcw.New(), simulator.Options{Seed: 7, Limits: simulator.LimitsOff})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	return sim
}

// noon is a Wednesday, in the middle of a week whose time sheets are open.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// openAtNoon connects to a tenant whose clock and the account's say noon, with a
// configuration that change has been at.
func openAtNoon(t *testing.T, change func(*account.Config)) (*Instance, *simulator.Running) {
	t.Helper()
	sim, err := simulator.Start(simcw.New(), simulator.Options{Seed: 7, Limits: simulator.LimitsOff, Start: noon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	config := configFor(sim.URL)
	if change != nil {
		change(&config)
	}
	i, err := connect(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.Close)
	i.account.Now = func() time.Time { return noon.Add(300 * time.Millisecond) }
	return i, sim
}

func configFor(url string) account.Config {
	c := account.Config{
		Site: schema.URL(url), Company: seed.CompanyID, PublicKey: seed.PublicKey, PrivateKey: seed.PrivateKey, ClientID: seed.ClientID,
	}
	c.AgentResource, c.RateLimit, c.IncludeProjectTickets = seed.AgentMember, "off", true
	return c
}

// connect opens a connection without a gateway.
func connect(ctx context.Context, config account.Config) (*Instance, error) {
	return Connector.Connect(ctx, pluginsdk.Env{}, config)
}

// open starts a simulator and connects to it.
func open(t *testing.T) (*Instance, *simulator.Running) {
	t.Helper()
	sim := startSimulator(t)
	i, err := connect(t.Context(), configFor(sim.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.Close)
	return i, sim
}

// vendor speaks to the simulator as a technician's program would, without the
// connector.
func vendor(t *testing.T, sim *simulator.Running, method, path, body string, into any) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, sim.URL+"/v4_6_release/apis/3.0/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(seed.CompanyID+"+"+seed.PublicKey, seed.PrivateKey)
	req.Header.Set("clientId", seed.ClientID)
	req.Header.Set("Content-Type", "application/json")
	return answer(t, req, into)
}

// admin calls an admin path of the simulator.
func admin(t *testing.T, sim *simulator.Running, method, path, body string, into any) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, sim.URL+"/_sim/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return answer(t, req, into)
}

func answer(t *testing.T, req *http.Request, into any) int {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if into != nil {
		if err := json.Unmarshal(b, into); err != nil {
			t.Fatalf("%s %s: %v in %.300s", req.Method, req.URL, err, b)
		}
	}
	return resp.StatusCode
}

// counted returns a context that counts vendor requests, and the count.
func counted(t *testing.T) (context.Context, *call.Call) {
	c := &call.Call{Connection: "test", RequestID: t.Name()}
	return call.With(t.Context(), c), c
}

// dry returns the context of a dry run.
func dry(t *testing.T) context.Context {
	return call.With(t.Context(), &call.Call{Connection: "test", DryRun: true})
}

// must makes a call that is to succeed.
func must[Req, Resp any](t *testing.T, call func(context.Context, Req) (Resp, error), r Req) Resp {
	t.Helper()
	resp, err := call(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// everyRow reads a list page by page, and returns the rows in the order answered.
func everyRow[Req interface{ SetPageToken(string) }, Resp interface {
	HasNextPageToken() bool
	GetNextPageToken() string
}, Row any](t *testing.T, list func(context.Context, Req) (Resp, error), r Req, rows func(Resp) []Row) []Row {
	t.Helper()
	var all []Row
	for range 1000 {
		resp := must(t, list, r)
		all = append(all, rows(resp)...)
		if !resp.HasNextPageToken() {
			return all
		}
		r.SetPageToken(resp.GetNextPageToken())
	}
	t.Fatal("the list does not end")
	return nil
}

// idsOf are the ids of rows, in their order.
func idsOf[Row interface{ GetId() string }](rows []Row) []string {
	ids := make([]string, len(rows))
	for n, row := range rows {
		ids[n] = row.GetId()
	}
	return ids
}

// held is the record of a path, seen without the connector.
func held[Record any](t *testing.T, sim *simulator.Running, path string) Record {
	t.Helper()
	var r Record
	if status := vendor(t, sim, http.MethodGet, path, "", &r); status != http.StatusOK {
		t.Fatalf("%s: status %d", path, status)
	}
	return r
}

// wantFault fails the test unless err has the code, and returns it.
func wantFault(t *testing.T, err error, code fault.Code) *fault.Error {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	return fault.From(err)
}

// firstTicket returns a ticket that fits.
func firstTicket(t *testing.T, i *Instance, r psav1.ListTicketsRequest_builder) *psav1.Ticket {
	t.Helper()
	resp, err := i.ListTickets(t.Context(), r.Build())
	if err != nil {
		t.Fatal(err)
	}
	if len(resp.GetTickets()) == 0 {
		t.Fatal("no ticket of the seed fits")
	}
	return resp.GetTickets()[0]
}

func ref(name string) *psav1.Reference { return psav1.Reference_builder{Name: &name}.Build() }

func refByID(id string) *psav1.Reference { return psav1.Reference_builder{Id: &id}.Build() }

func itoa(n int) string { return strconv.Itoa(n) }

func custom(id, text string) map[string]*structpb.Value {
	return map[string]*structpb.Value{id: structpb.NewStringValue(text)}
}

// writes returns the requests that the simulator has seen and that can change
// something, since its ledger was emptied.
func writes(t *testing.T, sim *simulator.Running) []string {
	t.Helper()
	var seen []struct{ Method, Path string }
	admin(t, sim, "GET", "requests", "", &seen)
	var list []string
	for _, r := range seen {
		if r.Method != http.MethodGet && !strings.HasSuffix(r.Path, "/search") {
			_, path, _ := strings.Cut(r.Path, "/apis/3.0/")
			list = append(list, r.Method+" "+path)
		}
	}
	return list
}
