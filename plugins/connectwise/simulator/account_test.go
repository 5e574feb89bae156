package simulator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
)

func TestDisabledMember(t *testing.T) {
	t.Parallel()
	tn := start(t)
	admin := tn.withKey(seed.AdminMember)
	tn.want(200, "GET", "/system/info", "")
	got := admin.want(200, "PATCH", "/system/members/150", `[{"op":"replace","path":"inactiveFlag","value":true}]`)
	if got.text("inactiveDate") == "" {
		t.Errorf("the inactive member is %v", got)
	}
	for _, path := range []string{"/system/info", "/service/tickets", "/system/mySecurity"} {
		if got := tn.call("GET", path, ""); got.status != 401 || !strings.Contains(got.text, `"code": "Unauthorized"`) {
			t.Errorf("%s of a disabled member answered %d %s", path, got.status, got.text)
		}
	}
	if got := tn.do("POST", tn.sim.URL+"/_sim/act", `{"as":"deskgate-api","method":"GET","path":"/service/tickets"}`); got.status != 400 {
		t.Errorf("acting as a disabled member answered %d %s", got.status, got.text)
	}
	if got := tn.withKey(seed.InactiveMember).call("GET", "/service/tickets", ""); got.status != 401 {
		t.Errorf("a member who left reads with %d", got.status)
	}
	got = admin.want(200, "PATCH", "/system/members/150", `[{"op":"replace","path":"inactiveFlag","value":false}]`)
	if got["inactiveDate"] != nil {
		t.Errorf("the active member is %v", got)
	}
	tn.want(200, "GET", "/service/tickets/10001", "")
}

// TestLicenceForTime: a member whose licence is for the API alone holds no
// time, whoever enters it.
func TestLicenceForTime(t *testing.T) {
	t.Parallel()
	tn := start(t)
	admin := tn.withKey(seed.AdminMember)
	entry := strings.Replace(timeOn(tn.newTicket(""), ""), "mreyes", seed.AgentMember, 1)
	id := tn.want(201, "POST", "/time/entries", entry).int("id")
	licence := func(class string) {
		t.Helper()
		admin.want(200, "PATCH", "/system/members/151", `[{"op":"replace","path":"licenseClass","value":"`+class+`"}]`)
	}
	licence("A")
	for _, by := range []*tenant{tn, admin} {
		if got := by.call("POST", "/time/entries", entry); got.status != 403 || !strings.Contains(got.text, `"code": "Security"`) {
			t.Errorf("time of an API member answered %d %s", got.status, got.text)
		}
	}
	tn.want(200, "GET", "/time/entries/"+itoa(id), "")
	licence("X")
	tn.want(201, "POST", "/time/entries", entry)
}

// TestClockSkew moves the simulator's clock away from the caller's: answers
// are dated by it, and so is what is written.
func TestClockSkew(t *testing.T) {
	t.Parallel()
	tn := start(t)
	tn.admin("clock", `{"advance":"100m"}`)
	got := tn.call("POST", "/service/tickets", `{"summary":"Late","company":{"id":250}}`)
	date, err := time.Parse(time.RFC1123, got.header.Get("Date"))
	want := startTime.Add(100 * time.Minute)
	if err != nil || date.Before(want) || date.After(want.Add(time.Minute)) {
		t.Errorf("dated %s, want %s", got.header.Get("Date"), want)
	}
	if !strings.Contains(got.text, `"dateEntered": "2026-03-02T10:4`) {
		t.Errorf("entered %s", got.text)
	}
}

// TestTokenOfAMember stands in for a technician until the token expires.
func TestTokenOfAMember(t *testing.T) {
	t.Parallel()
	tn := start(t)
	const path = "/system/members/mreyes/tokens"
	integrator := tn.withKey(seed.AdminMember).with("X-Cw-Usertype", "member")
	tn.with("X-Cw-Usertype", "member").want(403, "POST", path, `{"memberIdentifier":"mreyes"}`)
	tn.withKey(seed.AdminMember).want(400, "POST", path, "")
	integrator.want(404, "POST", "/system/members/nobody/tokens", "")
	integrator.want(403, "POST", "/system/members/"+seed.InactiveMember+"/tokens", "")
	token := integrator.want(200, "POST", path, `{"memberIdentifier":"mreyes"}`)
	marco := *tn
	marco.user, marco.password = seed.CompanyID+"+"+token.text("publicKey"), token.text("privateKey")
	made := marco.want(201, "POST", "/service/tickets", `{"summary":"Mine","company":{"id":250}}`)
	if made.text("_info/enteredBy") != "mreyes" {
		t.Errorf("entered by %v", made.at("_info"))
	}
	expires, err := time.Parse(time.RFC3339, token.text("expiration"))
	if err != nil {
		t.Fatal(err)
	}
	tn.admin("clock", `{"advance":"`+expires.Sub(startTime).String()+`"}`)
	if got := marco.call("GET", "/service/tickets", ""); got.status != 401 || !strings.Contains(got.text, "UserNotAuthenticated") {
		t.Errorf("an expired token answered %d %s", got.status, got.text)
	}
}
