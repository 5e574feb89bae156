package connector

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/permission"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/neutral"
)

// poorer is a role that lacks something.
type poorer struct {
	name  string
	take  []string // rights, as faults of the simulator name them
	close []string // paths that are refused
	// idle says that no operation needs what is taken. That nothing is refused then is
	// proven once, with all such rights taken together: a right never closes anything.
	idle bool
}

// poorerRoles are all rights of a security role, each taken away alone; and roles that
// lack more.
func poorerRoles() []poorer {
	var roles []poorer
	var unwanted []string
	for _, function := range seed.ModuleFunctions() {
		for _, level := range permission.Levels {
			right := function + ":" + strings.ToLower(level.String())
			wanted := slices.ContainsFunc(permission.Wanted(), func(r permission.Right) bool { return r.Function.Name == function && r.Level == level })
			roles = append(roles, poorer{name: right, take: []string{right}, idle: !wanted})
			if !wanted {
				unwanted = append(unwanted, right)
			}
		}
	}
	return append(roles,
		poorer{name: "Member Maintenance:inquire, and the short form of the members", take: []string{"Member Maintenance:inquire"}, close: []string{"system/info/members*"}},
		poorer{name: "Table Setup:inquire, and the short forms", take: []string{"Table Setup:inquire"}, close: []string{
			"service/info/*", "service/*/info", "time/*/info", "schedule/*/info", "company/configurations/*/info", "company/communicationTypes/info",
			"system/userDefinedFields/info", "system/timeZoneSetups/info",
		}},
		poorer{name: "all rights that no operation needs", take: unwanted},
	)
}

// reconnect opens connections with a role. Where one cannot be opened any more, it is
// opened before the role gets poorer, and what it keeps of the setup tables is
// forgotten, as it is after an hour.
func (n *tenant) reconnect(t *testing.T, role poorer) (p pair, said []string) {
	t.Helper()
	open := func(way, what string) *Instance {
		n.lack(role)
		i, err := n.connect(t, way)
		if err == nil {
			return i
		}
		if fault.CodeOf(err) != fault.CodePermissionDenied || !strings.Contains(err.Error(), " > ") {
			t.Errorf("without %s %s fails by %v", role.name, what, err)
		}
		said = append(said, what+": refused")
		n.lack(poorer{})
		if i, err = n.connect(t, way); err != nil {
			t.Fatal(err)
		}
		n.lack(role)
		i.account.Tables.Close()
		i.account.Tables = setup.New(i.account.API, neutral.Categories{}, neutral.Levels{})
		return i
	}
	p.byNote = open(pluginsdk.MailByNote, "a connection with merge_field")
	p.byTime = open(pluginsdk.MailByTimeEntry, "a connection")
	return p, said
}

// TestProbeIsTrue takes away each right of the security role alone. A golden file
// holds which lines of the probe change; and each operation is called then: what
// ConnectWise refuses is what the probe says. Of raw calls it says nothing, since the
// right hangs on what is asked for.
func TestProbeIsTrue(t *testing.T) {
	t.Parallel()
	const file = "testdata/rights.golden"
	roles := poorerRoles()
	found := make([]string, len(roles))
	var told sync.Map // the parts that lines have named
	t.Run("roles", func(t *testing.T) {
		const shards = 2
		for shard := range shards {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				n := startTenant(t)
				whole, _ := n.reconnect(t, poorer{})
				before := whole.probe(t)
				requests := n.requests(nil)
				n.prove(t, "nothing", whole, before, requests)
				for at := shard; at < len(roles); at += shards {
					role, p, said := roles[at], whole, []string(nil)
					if !role.idle {
						requests = n.requests(requests)
						p, said = n.reconnect(t, role)
					}
					n.lack(role)
					now := p.probe(t)
					if !role.idle {
						n.prove(t, role.name, p, now, requests)
					}
					n.lack(poorer{})
					found[at] = paragraph(role.name, append(said, now.differ(before)...))
					for _, key := range now.parts() {
						told.Store(key, true)
					}
				}
			})
		}
	})
	told.Range(func(key, _ any) bool {
		if !slices.ContainsFunc(smallestCalls, func(c smallest) bool { return c.operation+": "+c.part == key }) {
			t.Errorf("no call proves what the probe says of %s", key)
		}
		return true
	})
	got := strings.Join(found, "")
	if *updateGolden {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the lines that change are others than in %s (-update writes it):\n%s", file, got)
	}
}

// paragraph is what the golden file says of a role.
func paragraph(role string, changes []string) string {
	if len(changes) == 0 {
		changes = []string{"nothing changes"}
	}
	return role + "\n  " + strings.Join(changes, "\n  ") + "\n"
}

// TestEveryOperationIsProven looks that no operation is left out of the proof.
func TestEveryOperationIsProven(t *testing.T) {
	t.Parallel()
	for _, name := range permission.Operations() {
		if !strings.HasPrefix(name, "raw.") && !slices.ContainsFunc(smallestCalls, func(c smallest) bool { return c.operation == name }) {
			t.Errorf("nothing calls %s", name)
		}
	}
}
