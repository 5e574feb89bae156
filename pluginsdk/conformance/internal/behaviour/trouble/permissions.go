package trouble

import (
	"maps"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// permissions are the checks of what the connector says that its account may do.
func permissions() []suite.Check {
	needs := []string{simulated.Requests, simulated.Faults}
	return []suite.Check{{
		Name: "permissions/probe", About: "ProbePermissions looks by reads, tells what it cost, and speaks of served operations alone.",
		Needs: needs, Run: probesByReads,
	}, {
		Name: "permissions/granted", About: "What ProbePermissions says is granted can be done.",
		Operations: []string{"tickets.list"}, Writes: true, Needs: needs,
		Run: grantedWorks,
	}, {
		Name: "permissions/revoked", About: "A right that the account loses is seen by the probe, with its name, and by calls as permission_denied of the PSA.",
		Operations: []string{"tickets.list"}, Writes: true, Needs: needs,
		Run: revokedRights,
	}}
}

// probe asks what the account may do, by operation.
func probe(t *suite.T) (map[string]*connectorv1.OperationPermission, int) {
	answer, err := connectorv1.NewPermissionProbeClient(t.Subject.Raw()).ProbePermissions(t.Context(),
		connectorv1.ProbePermissionsRequest_builder{Connection: new(t.Connection())}.Build())
	t.Heard(err)
	if status.Code(err) == codes.Unimplemented {
		t.NotServed("it has no PermissionProbe")
	}
	if err != nil {
		t.Fatalf("ProbePermissions: %s", suite.Words(err))
	}
	t.HeardAll(answer)
	if len(answer.GetPermissions()) == 0 {
		t.NotServed("its PermissionProbe knows of no operation")
	}
	found := map[string]*connectorv1.OperationPermission{}
	for _, p := range answer.GetPermissions() {
		if found[p.GetOperation()] != nil {
			t.Errorf("ProbePermissions speaks of %s twice", p.GetOperation())
		}
		found[p.GetOperation()] = p
	}
	return found, int(answer.GetVendorRequests())
}

func probesByReads(t *suite.T) {
	v := vendor{t}
	before := v.holds()
	v.forget()
	found, told := probe(t)
	log := v.log()
	v.unchanged(before, "ProbePermissions")
	v.onlyRead(log, "ProbePermissions")
	if told != len(log) {
		t.Errorf("ProbePermissions says that it cost %d requests to the PSA; it was %d", told, len(log))
	}
	served := t.Served()
	for name, p := range found {
		if !slices.Contains(served, name) {
			t.Errorf("ProbePermissions speaks of %q, which is no operation that is served", name)
		}
		switch p.GetPermission() {
		case connectorv1.Permission_UNSPECIFIED:
			t.Errorf("ProbePermissions does not say whether %s is granted", name)
		case connectorv1.Permission_DENIED, connectorv1.Permission_OWN_ONLY:
			if p.GetReason() == "" || p.GetRight() == "" {
				t.Errorf("ProbePermissions says that %s is %s, for the reason %q, and that it takes the right %q: an admin has to be told both", name, p.GetPermission(), p.GetReason(), p.GetRight())
			}
		case connectorv1.Permission_UNKNOWN:
			if p.GetReason() == "" {
				t.Errorf("ProbePermissions does not know of %s and does not say why", name)
			}
		}
	}
	for _, name := range served {
		if found[name] == nil {
			t.Logf("ProbePermissions does not speak of %s, so that it is unknown", name)
		}
	}
}

// grantedWorks makes the reads and writes that are granted, in the least that they
// can be. One that the tenant does not take for another reason is granted.
func grantedWorks(t *suite.T) {
	found, _ := probe(t)
	granted := func(op string) bool {
		return found[op].GetPermission() == connectorv1.Permission_GRANTED
	}
	denied := func(op string, err error) {
		if err != nil && suite.Fault(err).Code == fault.CodePermissionDenied {
			t.Errorf("ProbePermissions says that %s is granted, and it answers %s", op, suite.Words(err))
		}
	}
	for _, r := range readings(t) {
		if granted(r.operation) {
			_, err := t.Call(t.Context(), t.Conn(), r.operation, r.request)
			denied(r.operation, err)
		}
	}
	for _, c := range changes() {
		if !servesAll(t, c.operations()) || !granted(c.operation) {
			continue
		}
		if slices.ContainsFunc(c.also, func(op string) bool { return !granted(op) }) {
			continue
		}
		_, _, err := send(t.Context(), t, t.Conn(), c.operation, c.prepare(t, "conformance-granted"))
		denied(c.operation, err)
	}
}

func revokedRights(t *suite.T) {
	rights := t.File.Fixtures.Rights
	if len(rights) == 0 {
		t.NotRun("fixtures.rights of the conformance file names no right to take away")
	}
	all := changes()
	v, marks, tried := vendor{t}, marker{about: "rights"}, 0
	for _, name := range slices.Sorted(maps.Keys(rights)) {
		n := slices.IndexFunc(all, func(c change) bool { return c.operation == name })
		if n < 0 {
			t.NotRun("fixtures.rights names %q, which is no write that this check makes", name)
		}
		c := all[n]
		if !servesAll(t, c.operations()) {
			continue
		}
		tried++
		mark := marks.next()
		request := c.prepare(t, mark)
		placed := v.place(simulated.Fault{Fault: simulated.RevokeRight, Right: rights[name]})
		_, _, err := send(t.Context(), t, t.Conn(), name, request)
		if f := suite.Fault(err); f == nil || f.Code != fault.CodePermissionDenied || f.Reason != fault.ReasonPSA {
			t.Errorf("%s without the right %q answers %s; it is permission_denied with the reason %s", name, rights[name], suite.Words(err), fault.ReasonPSA)
		}
		if made := c.found(t, request, mark); len(made) > 0 {
			t.Errorf("%s was refused and has happened", name)
		}
		found, _ := probe(t)
		p := found[name]
		switch p.GetPermission() {
		case connectorv1.Permission_DENIED:
			if p.GetReason() == "" || p.GetRight() == "" {
				t.Errorf("%s is denied for the reason %q and takes the right %q: an admin has to be told both", name, p.GetReason(), p.GetRight())
			}
		case connectorv1.Permission_UNKNOWN, connectorv1.Permission_UNSPECIFIED:
			t.Logf("that %s is refused cannot be told beforehand: %s", name, p.GetReason())
		default:
			t.Errorf("without the right %q ProbePermissions says that %s is %s", rights[name], name, p.GetPermission())
		}
		v.lift(placed)
		_, _, err = send(t.Context(), t, t.Conn(), name, request)
		if err != nil {
			t.Errorf("%s does not work when the right %q is given back: %s", name, rights[name], suite.Words(err))
		}
		if found, _ := probe(t); found[name].GetPermission() == connectorv1.Permission_DENIED {
			t.Errorf("ProbePermissions says that %s is denied when the right is given back: %s", name, found[name].GetReason())
		}
	}
	if tried == 0 {
		t.NotRun("none of the operations of fixtures.rights is served")
	}
}
