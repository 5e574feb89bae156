package trouble

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	r := routeOf(psav1.VendorRequest_builder{Method: new("POST"), Path: new("/service/tickets/${ticket.id}/notes?x=1")}.Build())
	if r.pattern != "*/service/tickets/*/notes" {
		t.Errorf("pattern %q", r.pattern)
	}
	log := []simulated.Request{
		{Method: "POST", Path: "/v1/apis/3.0/service/tickets/7/notes", Query: "y=2"},
		{Method: "GET", Path: "/v1/apis/3.0/service/tickets/7/notes"},
		{Method: "POST", Path: "/v1/apis/3.0/service/tickets/7/notes/8"},
		{Method: "POST", Path: "/v1/apis/3.0/service/tickets"},
		{Method: "post", Path: "/V1/APIS/3.0/SERVICE/TICKETS/7/NOTES"},
	}
	if got := r.of(log); len(got) != 2 || got[0].Query != "y=2" || got[1].Method != "post" {
		t.Errorf("of the route are %+v", got)
	}
	if plain := routeOf(psav1.VendorRequest_builder{Method: new("PATCH"), Path: new("a.b/7")}.Build()); plain.matches(simulated.Request{Method: "PATCH", Path: "/aXb/7"}) {
		t.Error("a dot in a path stands for any character")
	}
}

func TestTriesAreOfTheSameRequest(t *testing.T) {
	t.Parallel()
	seen := tries([]simulated.Request{
		{Method: "GET", Path: "/a"}, {Method: "GET", Path: "/a"}, {Method: "GET", Path: "/a", Query: "page=2"},
		{Method: "POST", Path: "/a", Body: "1"}, {Method: "POST", Path: "/a", Body: "2"},
	})
	if got := slices.Sorted(maps.Values(seen)); !slices.Equal(got, []int{1, 1, 1, 2}) {
		t.Errorf("%v", seen)
	}
}

func TestWrongSecrets(t *testing.T) {
	t.Parallel()
	schema := connectorv1.Schema_builder{
		Attributes: []*connectorv1.Attribute{
			connectorv1.Attribute_builder{Name: new("site")}.Build(),
			connectorv1.Attribute_builder{Name: new("key"), Secret: new(true)}.Build(),
			connectorv1.Attribute_builder{Name: new("unset"), Secret: new(true)}.Build(),
		},
		Blocks: []*connectorv1.Block{connectorv1.Block_builder{Name: new("oauth"), Schema: connectorv1.Schema_builder{
			Attributes: []*connectorv1.Attribute{connectorv1.Attribute_builder{Name: new("token"), Secret: new(true)}.Build()},
		}.Build()}.Build()},
	}.Build()
	config := []byte(`{"site":"s","key":"right","oauth":{"token":"right"}}`)
	var changed []string
	for _, path := range secretPaths(schema) {
		if with, ok := withText(config, path, "wrong"); ok {
			changed = append(changed, string(with))
		}
	}
	want := []string{`{"key":"wrong","oauth":{"token":"right"},"site":"s"}`, `{"key":"right","oauth":{"token":"wrong"},"site":"s"}`}
	if !slices.Equal(changed, want) {
		t.Errorf("%v", changed)
	}
	if _, ok := withText(config, []string{"site", "deeper"}, "wrong"); ok {
		t.Error("a text has an attribute")
	}
}

func TestSameAnswers(t *testing.T) {
	t.Parallel()
	workload := func(at int64, seconds int32) *psav1.ListWorkloadsResponse {
		w := psav1.Workload_builder{ScheduledSeconds: &seconds}.Build()
		w.SetAsOf(&timestamppb.Timestamp{Seconds: at})
		return psav1.ListWorkloadsResponse_builder{Workloads: []*psav1.Workload{w}}.Build()
	}
	if !sameAnswer(workload(1, 60), workload(2, 60)) || sameAnswer(workload(1, 60), workload(1, 90)) {
		t.Error("workloads are compared by when they were counted, or not by what")
	}
	availability := func(known psav1.Confidence_V, intervals int) *psav1.GetAvailabilityResponse {
		return psav1.GetAvailabilityResponse_builder{Availability: psav1.Availability_builder{
			WorkingConfidence: &known, Working: make([]*psav1.Interval, intervals),
			TimeOffConfidence: new(psav1.Confidence_UNKNOWN), BusyConfidence: new(psav1.Confidence_UNKNOWN),
		}.Build()}.Build()
	}
	whole := availability(psav1.Confidence_EXACT, 3)
	if !admits(availability(psav1.Confidence_UNKNOWN, 0), whole) || admits(availability(psav1.Confidence_EXACT, 0), whole) {
		t.Error("hours that could not be read are no hours")
	}
}

// TestChecksAreNamedOnce holds the names, by which people pick checks, and that
// every trouble is some call's.
func TestChecksAreNamedOnce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range Checks() {
		if seen[c.Name] || strings.ToLower(c.Name) != c.Name || !strings.Contains(c.Name, "/") || c.About == "" {
			t.Errorf("the check %q is named twice or oddly, or says nothing", c.Name)
		}
		seen[c.Name] = true
	}
	for _, tr := range troubles() {
		if len(tr.reads)+len(tr.writes) == 0 {
			t.Errorf("%s is met by nothing", tr.name)
		}
		if slices.Contains(tr.writes, fault.CodeOutcomeUnknown) == (tr.refused || tr.limited) && len(tr.writes) > 0 {
			t.Errorf("%s is told two ways", tr.name)
		}
	}
}
