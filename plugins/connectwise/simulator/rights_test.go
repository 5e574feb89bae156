package simulator_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
)

// closedBy are the lists that are closed to a caller who may not inquire by a
// module function; a caller without it has all the others.
var closedBy = map[string]string{
	seed.ServiceTickets: `^/service/tickets\b|/info(/|$)|^/service/info/|^/system/info/(locations|departments|members)\b|^/company/companies/info/types`,
	seed.ProjectTickets: `^/project/tickets\b|^/project/(statuses|phasestatuses)/info`,
	seed.TableSetup: `^/service/(boards|priorities|sources|slas|locations|severities|impacts|emailtemplates)\b|^/company/(companies/(statuses|types)|communicationtypes|configurations/(types|statuses)|contacts/(types|departments))\b` +
		`|^/system/(userdefinedfields|locations|departments|timezonesetups)\b|^/time/(worktypes|workroles|chargecodes)\b|^/schedule/(types|statuses|remindertimes|calendars|holidaylists)\b` +
		`|^/finance/agreements/types$|^/project/(statuses|phasestatuses)\b|^/system/callbacks|^/procurement/manufacturers`,
	seed.CompanyMaintenance: `^/company/companies($|/info$|/\{id\})`,
	seed.Contacts:           `^/company/contacts($|/info$|/\{id\})`,
	seed.Configurations:     `^/company/configurations$`,
	seed.MemberMaintenance:  `^/system/members$`,
	seed.SecurityRoles:      `^/system/securityroles($|/\{id\}/settings)`,
	seed.ProjectHeaders:     `^/project/projects($|/\{id\}/phases)`,
	seed.ProjectNotes:       `^/project/projects/\{id\}/notes`,
	seed.ResourceScheduling: `^/schedule/(entries|details)`,
	seed.TimeEntry:          `^/time/(entries|sheets)`,
	seed.ManageDocuments:    `^/system/documents`,
	seed.Agreements:         `^/finance/agreements($|/types/info)`,
}

// openWithInfo are the info variants that a list's own module function opens.
var openWithInfo = regexp.MustCompile(`^/(company/(companies|contacts)/info$|company/companies/\{id\}/sites/info|project/|finance/|service/tickets/info)`)

// TestOneRightTakesAwayItsOwn: a caller who loses the right to inquire by one
// module function loses its lists, and no other.
func TestOneRightTakesAwayItsOwn(t *testing.T) {
	t.Parallel()
	tn := start(t)
	ids := examples(tn)
	var lists []string
	for _, route := range simulator.Routes() {
		path, isGet := strings.CutPrefix(route, "GET ")
		op, _, _ := schema.Find("GET", path)
		if isGet && strings.HasPrefix(op.Answer, "[]") {
			lists = append(lists, path)
		}
	}
	for _, function := range seed.ModuleFunctions() {
		tn.revoke(function + ":inquire")
		pattern := closedBy[function]
		if pattern == "" {
			pattern = "^$"
		}
		closed := regexp.MustCompile(pattern)
		for _, path := range lists {
			isInfo := strings.Contains(path, "/info")
			want := 200
			if closed.MatchString(path) {
				want = 403
			}
			switch {
			case function == seed.ServiceTickets && openWithInfo.MatchString(path) && path != "/service/tickets/info",
				function == seed.TableSetup && isInfo:
				want = 200
			}
			if path == "/system/audittrail" && function == seed.ServiceTickets {
				want = 403 // of a ticket
			}
			if got := tn.call("GET", fill(t, path, ids)+"?pageSize=1"+needs[path], ""); got.status != want {
				t.Errorf("without %s %s answered %d, want %d", function, path, got.status, want)
			}
		}
	}
}

func TestPoorRole(t *testing.T) {
	t.Parallel()
	tn := start(t)
	poor := *tn
	poor.user, poor.password = seed.CompanyID+"+"+seed.Keys[1].Public, seed.Keys[1].Private
	for path, status := range map[string]int{
		"/service/boards": 403, "/service/info/boards": 200, "/service/boards/1/statuses": 403, "/service/boards/1/statuses/info": 200,
		"/system/securityRoles/64/settings": 403, "/system/securityRoles/info": 200, "/system/mySecurity": 200,
		"/schedule/types": 403, "/schedule/types/info": 200, "/service/tickets": 200, "/system/members": 200,
	} {
		if got := poor.call("GET", path, ""); got.status != status {
			t.Errorf("%s answered %d %s, want %d", path, got.status, got.text, status)
		}
	}
	for _, s := range poor.list(`/system/mySecurity?conditions=moduleFunctionName = "Table Setup"`) {
		if s.text("inquireLevel") != "None" || s.text("member/identifier") != "lmoreno" || s.text("moduleFunctionIdentifier") != "TableSetup" {
			t.Errorf("setting %v", s)
		}
	}
}

func TestSettingsShowWhatIsRevoked(t *testing.T) {
	t.Parallel()
	tn := start(t)
	level := func() string {
		return tn.list(`/system/securityRoles/63/settings?conditions=moduleFunctionName = "Time Entry"`)[0].text("addLevel")
	}
	if level() != "All" {
		t.Errorf("level %s", level())
	}
	tn.revoke("Time Entry:add=My")
	if level() != "My" {
		t.Errorf("after revoking %s", level())
	}
	if got := tn.do("POST", tn.sim.URL+"/_sim/faults", `{"fault":"revoke_right","right":"Tea:make"}`); got.status != 400 || !strings.Contains(got.text, "Merge Tickets") {
		t.Errorf("an unknown right answered %d %s", got.status, got.text)
	}
}

func TestMembersAreChanged(t *testing.T) {
	t.Parallel()
	tn := start(t)
	tn.want(403, "POST", "/system/members", `{}`)
	const body = `{"identifier":"kwong","licenseClass":"F","firstName":"Kim","lastName":"Wong","hireDate":"2026-03-02","defaultEmail":"Office","officeEmail":"kim.wong@harborpoint.example","defaultPhone":"Office","securityRole":{"name":"Service Technician"}}`
	made := tn.as("acarter", "POST", "/system/members", body)
	if made.status != 201 || !strings.Contains(made.text, `"primaryEmail": "kim.wong@harborpoint.example"`) {
		t.Fatalf("answered %d %s", made.status, made.text)
	}
	if got := tn.as("acarter", "POST", "/system/members", body); got.status != 400 || !strings.Contains(got.text, "ObjectExists") {
		t.Errorf("twice: %d %s", got.status, got.text)
	}
	if got := tn.as("acarter", "POST", "/system/members", `{}`); got.status != 400 || !strings.Contains(got.text, "The licenseClass field is required.") {
		t.Errorf("empty: %d %s", got.status, got.text)
	}
	tn.newTicket(`,"owner":{"identifier":"kwong"}`)
	me := tn.want(200, "GET", "/system/myMembers/info", "")
	if me.text("identifier") != "deskgate-api" {
		t.Errorf("I am %v", me)
	}
	if names := tn.list(`/system/info/members?conditions=inactiveFlag = false&pageSize=100&orderBy=identifier`); !slices.ContainsFunc(names, func(m object) bool { return m.text("identifier") == "kwong" }) {
		t.Errorf("members %v", names)
	}
}
