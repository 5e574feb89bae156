package connector

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/schema"
)

func TestDescribeIsWhole(t *testing.T) {
	t.Parallel()
	d, err := Connector.Describe()
	if err != nil {
		t.Fatal(err)
	}
	if d.GetSetup() == "" {
		t.Error("no setup")
	}
	// ConnectWise has no resolution codes, and no form that a request fills in.
	without := []string{"ResolutionCatalogueReader", "CatalogItemReader"}
	protoregistry.GlobalFiles.RangeFilesByPackage("deskgate.psa.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			served := slices.Contains(d.GetServices(), string(service.FullName()))
			if served == slices.Contains(without, string(service.Name())) {
				t.Errorf("%s: served is %t", service.Name(), served)
			}
		}
		return true
	})
}

func TestConnectTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	sim := startSimulator(t)
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html><title>Router login</title></html>"))
	}))
	t.Cleanup(page.Close)
	tests := map[string]struct {
		change func(*account.Config)
		code   fault.Code
		field  string // of the violation
		says   string
	}{
		"unknown company":       {func(c *account.Config) { c.Company = "nosuchmsp" }, fault.CodeInvalidArgument, "company", "login page"},
		"wrong private key":     {func(c *account.Config) { c.PrivateKey = "wrong-private-key" }, fault.CodeConnectionDown, "", "public_key, private_key and client_id"},
		"wrong client id":       {func(c *account.Config) { c.ClientID = "nonsense" }, fault.CodeConnectionDown, "", "client_id"},
		"refused connection":    {func(c *account.Config) { c.Site = "http://127.0.0.1:1" }, fault.CodeConnectionDown, "", "cannot connect"},
		"not ConnectWise":       {func(c *account.Config) { c.Site = schema.URL(page.URL) }, fault.CodeVendorError, "", "Router login"},
		"user interface":        {func(c *account.Config) { c.Site = "https://na.myconnectwise.net" }, fault.CodeInvalidArgument, "site", "https://api-na.myconnectwise.net"},
		"a path":                {func(c *account.Config) { c.Site = schema.URL(sim.URL + "/v4_6_release/apis/3.0") }, fault.CodeInvalidArgument, "site", "server alone"},
		"no agent resource":     {func(c *account.Config) { c.AgentResource = "nobody" }, fault.CodeInvalidArgument, "agent_resource", "no active member"},
		"inactive agent":        {func(c *account.Config) { c.AgentResource = "rbeck" }, fault.CodeInvalidArgument, "agent_resource", "no active member"},
		"default queue":         {func(c *account.Config) { c.Defaults.Ticket.Queue = "Servise Desk" }, fault.CodeInvalidArgument, "defaults.ticket.queue", "Servise Desk"},
		"default project queue": {func(c *account.Config) { c.Defaults.Ticket.Queue = "Projects" }, fault.CodeInvalidArgument, "defaults.ticket.queue", "Projects"},
		"default status": {func(c *account.Config) {
			c.Defaults.Ticket.Queue, c.Defaults.Ticket.Status = "Alerts", "Waiting Parts"
		}, fault.CodeInvalidArgument, "defaults.ticket.status", "Alerts"},
		"default priority":      {func(c *account.Config) { c.Defaults.Ticket.Priority = "Urgent" }, fault.CodeInvalidArgument, "defaults.ticket.priority", "Urgent"},
		"default priority's id": {func(c *account.Config) { c.Defaults.Ticket.Priority = "999" }, fault.CodeInvalidArgument, "defaults.ticket.priority", "999"},
		"default source":        {func(c *account.Config) { c.Defaults.Ticket.Source = "Fax" }, fault.CodeInvalidArgument, "defaults.ticket.source", "Fax"},
		"default work type":     {func(c *account.Config) { c.Defaults.Time.WorkType = "No Such Work" }, fault.CodeInvalidArgument, "defaults.time.work_type", "No Such Work"},
		"default work role":     {func(c *account.Config) { c.Defaults.Time.WorkRole = "4711" }, fault.CodeInvalidArgument, "defaults.time.work_role", "4711"},
		"unlimited, elsewhere":  {func(c *account.Config) { c.Site = "https://psa.example" }, fault.CodeInvalidArgument, "", "off"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := configFor(sim.URL)
			test.change(&config)
			i, err := connect(t.Context(), config)
			if err == nil {
				i.Close()
				t.Fatal("it connects")
			}
			e := wantFault(t, err, test.code)
			if !strings.Contains(e.Message, test.says) {
				t.Errorf("it says %q", e.Message)
			}
			if test.field != "" && (len(e.Violations) != 1 || e.Violations[0].Field != test.field) {
				t.Errorf("violations %+v", e.Violations)
			}
			if strings.HasPrefix(test.field, "defaults.") && len(e.Violations[0].Allowed) == 0 {
				t.Errorf("it does not say what is allowed: %+v", e.Violations)
			}
			for _, secret := range []string{config.PrivateKey, config.PublicKey} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("a key is in %q", err)
				}
			}
		})
	}
}

func TestAgentResourceByLoginNameAndID(t *testing.T) {
	t.Parallel()
	sim := startSimulator(t)
	for _, name := range []string{"mreyes", "MREYES", "Marco Reyes", "153"} {
		config := configFor(sim.URL)
		config.AgentResource = name
		i, err := connect(t.Context(), config)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if info := i.ConnectInfo(); info.AgentResource.ID != "153" || !strings.Contains(info.Summary, "ConnectWise v") {
			t.Errorf("%s: %+v", name, info)
		}
		i.Close()
	}
}

func TestValidateConfig(t *testing.T) {
	t.Parallel()
	var c account.Config
	err := schema.Decode([]byte(`{"site":"https://eu.myconnectwise.net","company":"a+b","public_key":"p","private_key":"k","client_id":"x","version":"latest","time_zones":{"Branch office":"Vienna","Head office":"Europe/Vienna"},"customer_notification":"flag_field","defaults":{"ticket":{"status":"New"}}}`), &c)
	e := wantFault(t, err, fault.CodeInvalidArgument)
	var fields []string
	for _, v := range e.Violations {
		fields = append(fields, v.Field)
	}
	slices.Sort(fields)
	if !slices.Equal(fields, []string{"agent_resource", "client_id", "company", "customer_notification", "defaults.ticket.status", "site", "time_zones", "version"}) {
		t.Errorf("violations at %v", fields)
	}
	if ways := e.Violations[slices.IndexFunc(e.Violations, func(v fault.Violation) bool { return v.Field == "customer_notification" })].Allowed; !slices.Equal(ways, []string{"note", "time_entry", "none"}) {
		t.Errorf("it lists the ways %v to mail", ways)
	}
}

// TestLimitIsLeftOutOnLoopbackAlone: before anybody connects, rate_limit = "off" is
// refused where a real ConnectWise would be asked.
func TestLimitIsLeftOutOnLoopbackAlone(t *testing.T) {
	t.Parallel()
	for site, refused := range map[string]bool{
		"https://api-na.myconnectwise.net": true, "https://psa.msp.example": true, "https://127.0.0.1.example": true,
		"http://127.0.0.1:9102": false, "https://localhost:9202": false, "http://[::1]:9102": false,
	} {
		var c account.Config
		err := schema.Decode(fmt.Appendf(nil, `{"site":%q,"company":"msp","public_key":"p","private_key":"k","client_id":%q,"agent_resource":"dana","rate_limit":"off"}`, site, seed.ClientID), &c)
		if !refused && err != nil {
			t.Errorf("%s: %v", site, err)
		}
		if v := fault.From(err); refused && (v == nil || len(v.Violations) != 1 || v.Violations[0].Field != "rate_limit" || !strings.Contains(v.Violations[0].Message, "loopback addresses only")) {
			t.Errorf("%s: %v", site, err)
		}
	}
}

// levels returns the level of each step of a check.
func levels(t *testing.T, i *Instance) (map[string]pluginsdk.Level, map[string]pluginsdk.Finding) {
	t.Helper()
	findings, err := i.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	byStep, whole := map[string]pluginsdk.Level{}, map[string]pluginsdk.Finding{}
	for _, f := range findings {
		byStep[f.Step], whole[f.Step] = f.Level, f
		if f.Message == "" || f.Level != pluginsdk.OK && f.Advice == "" {
			t.Errorf("step %s says %q and advises %q", f.Step, f.Message, f.Advice)
		}
	}
	return byStep, whole
}

func TestCheck(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	got, findings := levels(t, i)
	for _, step := range []string{"reach", "login", "tickets", "boards", "priorities", "members", "companies", "contacts", "configurations", "custom_fields", "agent_resource", "schedule", "calendars", "working_hours"} {
		if got[step] != pluginsdk.OK {
			t.Errorf("step %s: %+v", step, findings[step])
		}
	}
	if got["statuses"] != pluginsdk.Warning || !strings.Contains(findings["statuses"].Message, "/") {
		t.Errorf("statuses: %+v", findings["statuses"])
	}

	var seen []struct{ Path, Query string }
	admin(t, sim, "DELETE", "requests", "", nil)
	levels(t, i)
	admin(t, sim, "GET", "requests", "", &seen)
	slices.SortFunc(seen, func(a, b struct{ Path, Query string }) int { return strings.Compare(a.Path+a.Query, b.Path+b.Query) })
	if once := slices.Compact(slices.Clone(seen)); len(once) != len(seen) {
		t.Errorf("a check asks something twice: %v", seen)
	}

	admin(t, sim, "POST", "faults", `{"match":{},"fault":"revoke_right","right":"Contacts:inquire"}`, nil)
	got, findings = levels(t, i)
	if got["contacts"] != pluginsdk.Warning || !strings.Contains(findings["contacts"].Advice, "Contacts") || got["tickets"] != pluginsdk.OK {
		t.Errorf("contacts: %+v", findings["contacts"])
	}
	admin(t, sim, "POST", "faults", `{"match":{},"fault":"revoke_right","right":"Service Tickets:inquire"}`, nil)
	got, _ = levels(t, i)
	if got["tickets"] != pluginsdk.Failed {
		t.Errorf("tickets: %v", got["tickets"])
	}
	admin(t, sim, "DELETE", "faults", "", nil)

	if status := admin(t, sim, "POST", "act", `{"as":"acarter","method":"PATCH","path":"/system/members/151","body":[{"op":"replace","path":"inactiveFlag","value":true}]}`, nil); status != 200 {
		t.Fatalf("deactivating the agent resource: status %d", status)
	}
	if got, findings := levels(t, i); got["agent_resource"] != pluginsdk.Failed {
		t.Errorf("agent_resource: %+v", findings["agent_resource"])
	}
	admin(t, sim, "POST", "faults", `{"match":{"path":"*/apis/*"},"fault":"expire_auth"}`, nil)
	got, findings = levels(t, i)
	if got["login"] != pluginsdk.Failed || !strings.Contains(findings["login"].Advice, "client_id") || len(got) != 2 {
		t.Errorf("login: %+v", findings["login"])
	}
	_ = sim.Close()
	if got, findings := levels(t, i); got["reach"] != pluginsdk.Failed {
		t.Errorf("reach: %+v", findings["reach"])
	}
}

func TestPoorRoleStillReadsTickets(t *testing.T) {
	t.Parallel()
	sim := startSimulator(t)
	// Without the set-up tables the /info forms serve, as far as there are any.
	for _, path := range []string{"*/service/boards", "*/service/boards/*/statuses", "*/system/members", "*/system/userDefinedFields"} {
		admin(t, sim, "POST", "faults", `{"match":{"path":"`+path+`"},"fault":"status","status":403}`, nil)
	}
	i, err := connect(t.Context(), configFor(sim.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	got := walk(t, i, psav1.ListTicketsRequest_builder{StatusCategory: []psav1.Category_V{psav1.Category_CLOSED}, PageSize: new(int32(200))})
	if len(got) == 0 {
		t.Error("no closed ticket is found")
	}
}

func TestTroubleOnTheWay(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault string
		code  fault.Code
	}{
		"401":                    {`"fault":"expire_auth"`, fault.CodeConnectionDown},
		"403":                    {`"fault":"status","status":403`, fault.CodePermissionDenied},
		"429 with Retry-After":   {`"fault":"status","status":429,"headers":{"Retry-After":"3600"}`, fault.CodeRateLimited},
		"500":                    {`"fault":"status","status":500`, fault.CodeVendorError},
		"HTML":                   {`"fault":"html"`, fault.CodeVendorError},
		"truncated":              {`"fault":"truncate"`, fault.CodeVendorError},
		"redirect elsewhere":     {`"fault":"redirect_elsewhere"`, fault.CodeVendorError},
		"connection closed":      {`"fault":"drop_before"`, fault.CodeVendorError},
		"its own misuse":         {`"fault":"status","status":400,"body":{"code":"ApiFindCondition","message":"x is not a recognized name."}`, fault.CodeVendorError},
		"cannot route":           {`"fault":"status","status":400,"body":"Cannot route. Codebase/company is invalid"`, fault.CodeVendorError},
		"version not served":     {`"fault":"status","status":400,"body":{"code":"ConnectWiseApi","message":"The HTTP resource that matches the request URI 'https://x' does not support the API version '0.0'."}`, fault.CodeConnectionDown},
		"what it cannot convert": {`"fault":"status","status":500,"body":{"code":"ConnectWiseApi","message":"Error converting value \"x\" to type 'System.Int32'. Path 'x', line 1, position 1."}`, fault.CodeInternal},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, sim := open(t)
			id := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetId()
			admin(t, sim, "POST", "faults", `{"match":{"path":"*/service/tickets*"},`+test.fault+`}`, nil)
			_, err := i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: &id}.Build())
			e := wantFault(t, err, test.code)
			if e.Code != fault.CodeConnectionDown && e.Message == "" {
				t.Errorf("fault %+v", e)
			}
		})
	}
}

func TestCodeBaseThatMovesIsFoundAgain(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetId()
	// The server has been upgraded since: the old code base is gone.
	i.account.API.UseCodeBase("v2019_1")
	resp, err := i.UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{
		Ticket: &id, Input: psav1.Ticket_builder{Title: new("after the upgrade")}.Build(), SetFields: []string{"title"},
	}.Build())
	if err != nil {
		t.Fatal(err)
	}
	if resp.GetTicket().GetTitle() != "after the upgrade" || vendorTicket(t, sim, id).Summary != "after the upgrade" {
		t.Errorf("answered %v", resp.GetTicket())
	}
}
