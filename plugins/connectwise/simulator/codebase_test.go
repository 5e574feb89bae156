package simulator_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// companyInfo is what the discovery tells of a company.
func (t *tenant) companyInfo(company string) object {
	t.Helper()
	got := t.do("GET", t.sim.URL+"/login/companyinfo/"+company, "")
	var out object
	if err := json.Unmarshal([]byte(got.text), &out); err != nil || got.status != 200 {
		t.Fatalf("companyinfo answered %d %s", got.status, got.text)
	}
	return out
}

func (t *tenant) at(codebase string) *tenant {
	out := *t
	out.codebase = codebase
	return &out
}

// TestUpgradeRenamesTheCodeBase: a caller that pinned the old one loses it,
// the discovery tells the new one, and v4_6_release/ works throughout.
func TestUpgradeRenamesTheCodeBase(t *testing.T) {
	t.Parallel()
	tn := start(t)
	if got := tn.companyInfo("nobody"); got != nil {
		t.Errorf("an unknown company is %v", got)
	}
	before := tn.companyInfo("MSPDemo")
	old := tn.at(before.text("Codebase"))
	ticket := old.want(200, "GET", "/service/tickets/10001", "")
	if href := ticket.text("board/_info/board_href"); !strings.Contains(href, "/"+old.codebase+"apis/3.0//service/") {
		t.Errorf("href %s", href)
	}
	next := old.call("GET", "/service/tickets?pageSize=1", "").header.Get("Link")

	answer := tn.admin("upgrade", "")
	after := tn.companyInfo("mspdemo")
	current := tn.at(after.text("Codebase"))
	if current.codebase == old.codebase || !strings.Contains(answer.text, current.codebase) || after["VersionCode"] == before["VersionCode"] {
		t.Errorf("upgraded from %v to %v, answered %s", before, after, answer.text)
	}
	for _, gone := range []reply{
		old.call("GET", "/service/tickets/10001", ""),
		old.call("POST", "/service/tickets", `{"summary":"Lost","company":{"id":250}}`),
		old.do("GET", next[1:strings.Index(next, ">")], ""),
	} {
		if gone.status != 404 || !strings.Contains(gone.text, "The endpoint does not exist.") {
			t.Errorf("the old code base answered %d %s", gone.status, gone.text)
		}
	}
	if lost := tn.list(`/service/tickets?conditions=summary = "Lost"`); len(lost) != 0 {
		t.Error("the old code base took a write")
	}
	current.want(200, "GET", "/service/tickets/10001", "")
	version := tn.want(200, "GET", "/system/info", "").text("version")
	if !strings.HasPrefix(version, after.text("VersionCode")+".") {
		t.Errorf("version %s", version)
	}
	if got := tn.at("v2031_1/").call("GET", "/service/tickets", ""); got.status != 400 || got.text != "Cannot route. Codebase/company is invalid" {
		t.Errorf("a code base that never was answered %d %s", got.status, got.text)
	}
	tn.admin("clock", `{"advance":"2160h"}`) // a quarter brings the next one
	current.want(404, "GET", "/service/tickets/10001", "")
	tn.want(200, "GET", "/service/tickets/10001", "")

	tn.admin("reset", "")
	if got := tn.companyInfo("mspdemo"); got["Codebase"] != before["Codebase"] {
		t.Errorf("after a reset the code base is %v", got["Codebase"])
	}
}
