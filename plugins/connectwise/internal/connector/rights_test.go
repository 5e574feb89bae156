package connector

import (
	"context"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

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

// fate is what became of a call.
type fate string

const (
	done    fate = "done"
	refused fate = "refused"
)

// nowhere is where a download goes.
type nowhere struct {
	grpc.ServerStream
	ctx context.Context
}

func (d nowhere) Context() context.Context { return d.ctx }

func (nowhere) Send(*psav1.DownloadAttachmentResponse) error { return nil }

// try makes a call and says whether ConnectWise refused it for want of a right: the
// call itself, or the field that it is about. The text is what else it says.
func (c smallest) try(t *testing.T, i *Instance, request proto.Message) (fate, string) {
	t.Helper()
	var response proto.Message
	var err error
	if r, ok := request.(*psav1.DownloadAttachmentRequest); ok {
		err = i.DownloadAttachment(r, nowhere{ctx: t.Context()})
	} else {
		response, err = invoke(t.Context(), t, i, request)
	}
	e := fault.From(err)
	switch {
	case e != nil && e.Code == fault.CodePermissionDenied && e.Reason == fault.ReasonPSA:
		return refused, ""
	case c.lacks != nil && c.lacks(response, err):
		return refused, ""
	case err != nil:
		return "failed", err.Error()
	}
	w, ok := response.(interface{ GetReceipt() *psav1.Receipt })
	if !ok {
		return done, ""
	}
	for _, d := range w.GetReceipt().GetDropped() {
		if d.GetCode() == psav1.DropCode_ACL {
			return refused, ""
		}
	}
	// What a part is about may be so already.
	if outcome := w.GetReceipt().GetOutcome(); outcome != applied && (c.part == "" || outcome != psav1.Receipt_Outcome_UNCHANGED) {
		return fate(outcome.String()), w.GetReceipt().String()
	}
	return done, ""
}

// foretold is what the probe's line says of a call; "" where it says nothing.
func (c smallest) foretold(p pluginsdk.OperationPermission) fate {
	without := func(part string) bool { return strings.Contains(p.Reason, "not for "+part+" (") }
	switch {
	case p.Permission == pluginsdk.PermissionUnknown:
		return ""
	case p.Permission == pluginsdk.PermissionDenied && c.part == ofProjects && strings.Contains(p.Reason, "on tickets of projects it is granted"):
		return done
	case p.Permission == pluginsdk.PermissionDenied && (c.part == "" || c.part == ofProjects):
		return refused
	case p.Permission == pluginsdk.PermissionDenied:
		return ""
	case c.part != "" && without(c.part), c.within != "" && without(c.within):
		return refused
	}
	return done
}

// lines are the lines of the probe, of a connection that replies by notes and merges
// tickets of projects, and of one that replies by time entries.
type lines struct {
	byNote, byTime map[string]pluginsdk.OperationPermission
}

func (l lines) of(c smallest) pluginsdk.OperationPermission {
	if c.way == pluginsdk.MailByTimeEntry {
		return l.byTime[c.operation]
	}
	return l.byNote[c.operation]
}

// differ are the lines that a probe before has otherwise.
func (l lines) differ(before lines) []string {
	var differing []string
	for _, name := range slices.Sorted(maps.Keys(l.byNote)) {
		if p := l.byNote[name]; p != before.byNote[name] {
			differing = append(differing, line(name, p))
		}
		if p := l.byTime[name]; p != before.byTime[name] && strings.HasPrefix(name, "replies.") {
			differing = append(differing, line(name+" by time entries", p))
		}
	}
	return differing
}

func line(name string, p pluginsdk.OperationPermission) string {
	word := map[pluginsdk.Permission]string{
		pluginsdk.PermissionUnknown: "UNKNOWN", pluginsdk.PermissionGranted: "GRANTED", pluginsdk.PermissionOwnOnly: "OWN_ONLY", pluginsdk.PermissionDenied: "DENIED",
	}[p.Permission]
	return strings.TrimSuffix(fmt.Sprintf("%s: %s, %s", name, word, p.Reason), ", ")
}

// pair are connections that differ in how customers are answered.
type pair struct{ byNote, byTime *Instance }

func (p pair) of(c smallest) *Instance {
	if c.way == pluginsdk.MailByTimeEntry {
		return p.byTime
	}
	return p.byNote
}

func (p pair) probe(t *testing.T) lines {
	t.Helper()
	return lines{probed(t, p.byNote), probed(t, p.byTime)}
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
	t.Run("roles", func(t *testing.T) {
		const shards = 2
		var told sync.Map // the parts that lines have named
		for shard := range shards {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				n := startTenant(t)
				whole, _ := n.reconnect(t, poorer{})
				before := whole.probe(t)
				n.prove(t, "nothing", whole, before, n.requests(nil))
				requests := n.requests(nil)
				for at := shard; at < len(roles); at += shards {
					p, said := whole, []string(nil)
					if roles[at].idle {
						n.lack(roles[at])
					} else {
						requests = n.requests(requests)
						p, said = n.reconnect(t, roles[at])
					}
					now := p.probe(t)
					if !roles[at].idle {
						n.prove(t, roles[at].name, p, now, requests)
					}
					n.lack(poorer{})
					said = append(said, now.differ(before)...)
					if said == nil {
						said = []string{"nothing changes"}
					}
					found[at] = roles[at].name + "\n  " + strings.Join(said, "\n  ") + "\n"
					for name := range now.byNote {
						for _, part := range partsOf(now.byNote[name].Reason + now.byTime[name].Reason) {
							told.Store(name+": "+part, true)
						}
					}
				}
			})
		}
		t.Cleanup(func() {
			told.Range(func(key, _ any) bool {
				if !slices.ContainsFunc(smallestCalls, func(c smallest) bool { return c.operation+": "+c.part == key }) {
					t.Errorf("no call proves what the probe says of %s", key)
				}
				return true
			})
		})
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

var notFor = regexp.MustCompile(`not for ([^(]+) \(`)

// partsOf are the parts that a reason says are not granted.
func partsOf(reason string) []string {
	var parts []string
	for _, m := range notFor.FindAllStringSubmatch(reason, -1) {
		parts = append(parts, m[1])
	}
	return parts
}

// requests are those of all calls: reads as they were, and writes with records that
// are new.
func (n *tenant) requests(before []proto.Message) []proto.Message {
	n.t.Helper()
	requests := make([]proto.Message, len(smallestCalls))
	for at, c := range smallestCalls {
		if before != nil && reads(before[at]) {
			requests[at] = before[at]
			continue
		}
		requests[at] = c.request(n)
	}
	return requests
}

func reads(request proto.Message) bool {
	name := string(request.ProtoReflect().Descriptor().Name())
	return slices.ContainsFunc([]string{"List", "Get", "Download"}, func(verb string) bool { return strings.HasPrefix(name, verb) })
}

// prove makes all calls, and holds the probe's lines against what becomes of them.
func (n *tenant) prove(t *testing.T, taken string, p pair, told lines, requests []proto.Message) {
	t.Helper()
	for at, c := range smallestCalls {
		want := c.foretold(told.of(c))
		if want == "" {
			continue
		}
		if got, says := c.try(t, p.of(c), requests[at]); got != want {
			t.Errorf("without %s: %s %s is %s, and the probe says %s: %s\n%s", taken, c.operation, c.part, got, want, line(c.operation, told.of(c)), says)
		}
	}
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
