package simulator_test

import "testing"

func TestContactCommunicationItems(t *testing.T) {
	t.Parallel()
	tn := start(t)
	made := tn.want(201, "POST", "/company/contacts", `{"firstName":"Rosa","lastName":"Kaplan","company":{"id":250},
		"communicationItems":[{"type":{"id":1},"value":"rosa@aldercreek.example","defaultFlag":true}]}`)
	path := "/company/contacts/" + itoa(made.int("id"))
	item := func(o object, i int) object { return object(o["communicationItems"].([]any)[i].(map[string]any)) }
	if got := item(made, 0); got.text("communicationType") != "Email" || got.text("domain") != "@aldercreek.example" || got.int("id") == 0 || got.text("type/name") != "Email" {
		t.Errorf("item %v", got)
	}
	got := tn.want(200, "PATCH", path, `[{"op":"add","path":"/communicationItems/1","value":{"type":{"id":1},"value":"rk@aldercreek.example","defaultFlag":true}}]`)
	if item(got, 0)["defaultFlag"] != false || item(got, 1)["defaultFlag"] != true {
		t.Errorf("a new default leaves %v", got["communicationItems"])
	}
	got = tn.want(200, "PATCH", path, `[{"op":"replace","path":"/communicationItems/0/value","value":"old@aldercreek.example"},{"op":"remove","path":"/communicationItems/1"}]`)
	if len(got["communicationItems"].([]any)) != 1 || item(got, 0).text("value") != "old@aldercreek.example" {
		t.Errorf("items %v", got["communicationItems"])
	}
	// A ticket finds its contact by address.
	ticket := tn.want(201, "POST", "/service/tickets", `{"summary":"x","company":{"id":250},"contactEmailLookup":"OLD@aldercreek.example"}`)
	if ticket.text("contactName") != "Rosa Kaplan" {
		t.Errorf("ticket's contact %v", ticket["contact"])
	}
}

func TestCompaniesAndSites(t *testing.T) {
	t.Parallel()
	tn := start(t)
	if deleted := tn.ids("/company/companies?conditions=deletedFlag = true"); len(deleted) != 1 {
		t.Errorf("deleted companies %v", deleted)
	}
	if sites := tn.list("/company/companies/250/sites"); len(sites) == 0 || sites[0].int("company/id") != 250 {
		t.Errorf("sites %v", sites)
	}
	tn.want(404, "GET", "/company/companies/404/sites", "")
	as := func(body string) reply {
		return tn.do("POST", tn.sim.URL+"/_sim/act", `{"as":"acarter","method":"POST","path":"/company/companies","body":`+body+`}`)
	}
	if got := as(`{"identifier":"NewCo","name":"New Company"}`); got.status != 400 {
		t.Errorf("without a site: %d %s", got.status, got.text)
	}
	if got := as(`{"identifier":"NewCo","name":"New Company","site":{"name":"Main"},"types":[{"id":1}]}`); got.status != 201 {
		t.Fatalf("%d %s", got.status, got.text)
	}
	made := tn.list(`/company/companies?conditions=identifier = "newco"`)[0]
	if made.text("status/name") != "Active" || made.text("site/name") != "Main" {
		t.Errorf("made %v", made)
	}
	tn.newTicket(`,"site":{"name":"Main"}`)
}

func TestMembers(t *testing.T) {
	t.Parallel()
	tn := start(t)
	members := tn.list("/system/members?pageSize=100")
	if len(members) != 15 {
		t.Errorf("%d members", len(members))
	}
	api, agent := tn.want(200, "GET", "/system/members/deskgate-api", ""), tn.want(200, "GET", "/system/members/Deskgate", "")
	if api.text("licenseClass") != "A" || agent.text("licenseClass") != "F" {
		t.Errorf("licenses %v %v", api["licenseClass"], agent["licenseClass"])
	}
	tn.want(404, "GET", "/system/members/zadmin", "")
	if inactive := tn.list("/system/members?conditions=inactiveFlag = true"); len(inactive) != 1 || inactive[0].text("identifier") != "rbeck" {
		t.Errorf("inactive %v", inactive)
	}
}

func TestPortalPasswordIsNotAnswered(t *testing.T) {
	t.Parallel()
	tn := start(t)
	made := tn.want(201, "POST", "/company/contacts", `{"firstName":"Rosa","company":{"id":250},"portalPassword":"hidden"}`)
	path := "/company/contacts/" + itoa(made.int("id"))
	got := tn.want(200, "PATCH", path, `[{"op":"replace","path":"portalPassword","value":"hidden"}]`)
	for _, o := range []object{made, got, tn.want(200, "GET", path, "")} {
		if o["portalPassword"] != nil {
			t.Errorf("the contact is %v", o)
		}
	}
}
