package connector

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

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

var notFor = regexp.MustCompile(`not for ([^(]+) \(`)

// parts are the parts that the lines say are not granted, each with its operation.
func (l lines) parts() []string {
	var parts []string
	for _, of := range []map[string]pluginsdk.OperationPermission{l.byNote, l.byTime} {
		for name, p := range of {
			for _, m := range notFor.FindAllStringSubmatch(p.Reason, -1) {
				parts = append(parts, name+": "+m[1])
			}
		}
	}
	return parts
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
