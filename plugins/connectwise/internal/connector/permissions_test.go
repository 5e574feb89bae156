package connector

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/deskgate/deskgate/plugins/connectwise"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/permission"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	operationv1 "github.com/deskgate/deskgate/proto/deskgate/operation/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// TestEveryOperationHasItsRights holds the table of rights against the operations
// of the services that the connector has.
func TestEveryOperationHasItsRights(t *testing.T) {
	t.Parallel()
	d, err := Connector.Describe()
	if err != nil {
		t.Fatal(err)
	}
	var served []string
	for _, name := range d.GetServices() {
		found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
		if err != nil {
			t.Fatal(err)
		}
		methods := found.(protoreflect.ServiceDescriptor).Methods()
		for n := range methods.Len() {
			o, _ := proto.GetExtension(methods.Get(n).Options(), operationv1.E_Operation).(*operationv1.Operation)
			if o.GetName() != "" {
				served = append(served, o.GetName())
			}
		}
	}
	slices.Sort(served)
	if got := permission.Operations(); !slices.Equal(got, served) {
		t.Errorf("the table of rights has\n%v\nand the connector serves\n%v", got, served)
	}
}

// probed is what the account may do, by operation.
func probed(t *testing.T, i *Instance) map[string]pluginsdk.OperationPermission {
	t.Helper()
	list, err := i.ProbePermissions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]pluginsdk.OperationPermission{}
	for _, p := range list {
		found[p.Operation] = p
	}
	return found
}

// changed lists the operations whose permission differs.
func changed(before, after map[string]pluginsdk.OperationPermission) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if before[name].Permission != after[name].Permission {
			names = append(names, name)
		}
	}
	return names
}

// TestTheDemoRoleGrantsAll: with the role of the demo every operation is permitted, and
// of raw calls nothing can be said beforehand.
func TestTheDemoRoleGrantsAll(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	for name, p := range probed(t, i) {
		if want := !strings.HasPrefix(name, "raw."); want != (p.Permission == pluginsdk.PermissionGranted) || !want && p.Permission != pluginsdk.PermissionUnknown {
			t.Errorf("%s is %+v", name, p)
		}
		if !strings.Contains(p.Right, " > ") && name != "catalogue.record_types" && !strings.HasPrefix(name, "raw.") {
			t.Errorf("%s needs %q", name, p.Right)
		}
	}
}

// TestRightLeftForOwnRecords leaves a right for the API member's own records: the probe
// says so, and ConnectWise does it.
func TestRightLeftForOwnRecords(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	before := probed(t, i)
	others := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetId()
	own := newTicket(t, i).GetId()
	admin(t, sim, "POST", "faults", `{"fault":"revoke_right","right":"Service Tickets:edit=My"}`, nil)
	after := probed(t, i)
	want := []string{"notes.create_customer", "notes.create_internal", "notes.update", "replies.create", "tickets.merge", "tickets.transition", "tickets.update"}
	if got := changed(before, after); !slices.Equal(got, want) {
		t.Errorf("these change: %v, want %v", got, want)
	}
	for _, name := range want {
		if p := after[name]; p.Permission != pluginsdk.PermissionOwnOnly || !strings.Contains(p.Reason, "Mine for Service Desk > Service Tickets: Edit") {
			t.Errorf("%s is %+v", name, p)
		}
	}
	title := psav1.Ticket_builder{Title: new("Changed")}
	if _, err := invoke(t.Context(), t, i, change(others, title, "title")); fault.CodeOf(err) != fault.CodePermissionDenied {
		t.Errorf("changing a ticket of others: %v", err)
	}
	if _, err := invoke(t.Context(), t, i, change(own, title, "title")); err != nil {
		t.Errorf("changing its own: %v", err)
	}
}

// TestShortFormThatFails: where a short form is neither answered nor refused, nobody can
// tell.
func TestShortFormThatFails(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	admin(t, sim, "POST", "faults", `{"fault":"revoke_right","right":"Table Setup:inquire"}`, nil)
	admin(t, sim, "POST", "faults", `{"match":{"path":"*/service/sources/info"},"fault":"status","status":400}`, nil)
	if p := probed(t, i)["catalogue.sources"]; p.Permission != pluginsdk.PermissionUnknown || !strings.Contains(p.Reason, "None for System > Table Setup: Inquire, and whether the short form") {
		t.Errorf("it is %+v", p)
	}
}

// TestRoleByItsMember reads the settings by the API member's record, where
// ConnectWise does not tell him what he is granted.
func TestRoleByItsMember(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	direct := probed(t, i)
	for _, status := range []int{403, 404} {
		admin(t, sim, "DELETE", "faults", "", nil)
		admin(t, sim, "POST", "faults", fmt.Sprintf(`{"match":{"path":"*/system/mySecurity"},"fault":"status","status":%d}`, status), nil)
		if got := probed(t, i); !maps.Equal(got, direct) {
			t.Errorf("after a %d the permissions differ: %v", status, changed(direct, got))
		}
	}
	for _, path := range []string{"*/system/securityRoles/*", "*/system/members/*", "*/system/myMembers/*"} {
		admin(t, sim, "POST", "faults", `{"match":{"path":"`+path+`"},"fault":"status","status":403}`, nil)
		for name, p := range probed(t, i) {
			if name == "catalogue.record_types" || strings.HasPrefix(name, "raw.") {
				continue
			}
			if p.Permission != pluginsdk.PermissionUnknown || !strings.Contains(p.Reason, "does not let the API member read") || p.Right == "" {
				t.Errorf("with %s closed %s is %+v", path, name, p)
			}
		}
	}
	if got, findings := levels(t, i); got["rights"] != pluginsdk.Unknown || !strings.Contains(findings["rights"].Advice, permission.SecurityRoles.String()) {
		t.Errorf("finding %+v", findings["rights"])
	}
}

var named = regexp.MustCompile("\\[(`?[a-z][a-z_]*`?(?:, `?[a-z][a-z_]*`?)*)\\]")

// TestSetupPageIsProven holds the steps that the setup page names against those of
// the check: each section is proven by some.
func TestSetupPageIsProven(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	known, _ := levels(t, i)
	for _, step := range []string{"company", "client_id", "connect"} { // found where a connection cannot be made
		known[step] = pluginsdk.OK
	}
	known["mail"] = pluginsdk.Warning // only where there is something to say
	sections := strings.Split(connectwise.Setup, "\n## ")[1:]
	for _, section := range sections {
		title, _, _ := strings.Cut(section, "\n")
		found := named.FindAllStringSubmatch(section, -1)
		if len(found) == 0 {
			t.Errorf("section %q is proven by no step", title)
		}
		for _, match := range found {
			for name := range strings.SplitSeq(match[1], ", ") {
				if name = strings.Trim(name, "`"); !slices.Contains(slices.Collect(maps.Keys(known)), name) {
					t.Errorf("section %q is proven by %s, which is no step of the check", title, name)
				}
			}
		}
	}
	for step := range known {
		if !regexp.MustCompile("[[ ]`?" + step + "`?[],]").MatchString(connectwise.Setup) {
			t.Errorf("the step %s stands in no section of the setup page", step)
		}
	}
}

func TestClocksApart(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	for apart, want := range map[time.Duration]pluginsdk.Level{
		0: pluginsdk.OK, 30 * time.Second: pluginsdk.OK, -30 * time.Second: pluginsdk.OK,
		90 * time.Second: pluginsdk.Warning, -90 * time.Second: pluginsdk.Warning,
	} {
		r := &report{}
		// Theirs moves with the fault; VendorTime takes a time of ours.
		r.clockAt(i.account.API.VendorTime(noon).Add(apart), noon)
		if r.findings[0].Level != want {
			t.Errorf("%s apart: %+v", apart, r.findings[0])
		}
	}
}

func TestMemberThatIsInactiveSince(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	if status := admin(t, sim, http.MethodPost, "act", `{"as":"acarter","method":"PATCH","path":"/system/members/150","body":[{"op":"replace","path":"inactiveFlag","value":true}]}`, nil); status != 200 {
		t.Fatalf("status %d", status)
	}
	if got, findings := levels(t, i); got["login"] != pluginsdk.Failed || !strings.Contains(findings["login"].Message, "made inactive since") || !strings.Contains(findings["login"].Advice, "active") {
		t.Errorf("finding %+v", findings["login"])
	}
}

// The gateway probes right behind a check: both go by one reading of the role, and
// a probe that comes alone by its own.
func TestProbeBehindACheck(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	levels(t, i)
	for n, want := range []int64{0, 1} {
		ctx, calls := counted(t)
		if list, err := i.ProbePermissions(ctx); err != nil || len(list) == 0 || calls.VendorRequests() != want {
			t.Errorf("probe %d: %d operations, %v, by %d requests", n, len(list), err, calls.VendorRequests())
		}
	}
	levels(t, i)
	admin(t, sim, "POST", "faults", `{"fault":"revoke_right","right":"Contacts:edit"}`, nil)
	levels(t, i)
	if p := probed(t, i)["contacts.update"]; p.Permission != pluginsdk.PermissionDenied {
		t.Errorf("by the role of an older check: %+v", p)
	}
}
