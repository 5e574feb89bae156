package simulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
)

func callbackFor(members string) string {
	return `{"url":"https://gateway.example/hooks?recordId=","objectId":1,"type":"Ticket","level":"Owner"` + members + `}`
}

func TestRegisterCallback(t *testing.T) {
	t.Parallel()
	tn := start(t)
	made := tn.want(201, "POST", "/system/callbacks", callbackFor(`,"description":"Deskgate","memberId":1,"connectWiseID":"x"`))
	if made.text("type") != "ticket" || made.text("level") != "owner" || made.int("memberId") != 150 || made["connectWiseID"] != nil ||
		made.text("payloadVersion") != "3.0.0" || made["inactiveFlag"] != false || made["isSelfSuppressedFlag"] != false {
		t.Errorf("made %v", made)
	}
	path := "/system/callbacks/" + itoa(made.int("id"))
	got := tn.want(200, "PATCH", path, `[{"op":"replace","path":"inactiveFlag","value":true},{"op":"replace","path":"isSelfSuppressedFlag","value":true},{"op":"replace","path":"memberId","value":7}]`)
	if got["inactiveFlag"] != true || got["isSelfSuppressedFlag"] != true || got.int("memberId") != 150 {
		t.Errorf("patched %v", got)
	}
	got = tn.want(200, "PUT", path, callbackFor(`,"level":"BOARD","objectId":2`))
	if got.text("level") != "board" || got.int("objectId") != 2 || got["description"] != nil || got["inactiveFlag"] != false {
		t.Errorf("replaced by %v", got)
	}
	if ids := tn.ids(`/system/callbacks?conditions=type = "ticket" and level = "board"`); len(ids) != 1 {
		t.Errorf("found %v", ids)
	}
	if n := tn.want(200, "GET", "/system/callbacks/count", "").int("count"); n != 2 {
		t.Errorf("%d callbacks, want this and the seed's", n)
	}
	tn.want(204, "DELETE", path, "")
	tn.want(404, "GET", path, "")
	tn.want(201, "POST", "/system/callbacks", callbackFor(`,"level":"board","objectId":2`))
}

func TestCallbackOfTheOwnerLevel(t *testing.T) {
	t.Parallel()
	tn := start(t)
	made := tn.want(201, "POST", "/system/callbacks", callbackFor(`,"objectId":0`))
	if made.int("objectId") != 1 {
		t.Errorf("0 is stored as %v", made["objectId"])
	}
	// It is the same as the one with 1.
	if got := tn.call("POST", "/system/callbacks", callbackFor("")); got.status != 400 || !strings.Contains(got.text, "ObjectExists") {
		t.Errorf("a second one answered %d %s", got.status, got.text)
	}
	// What differs in one member is another callback.
	for _, members := range []string{`,"type":"time"`, `,"level":"status"`, `,"level":"ticket","objectId":2`, `,"url":"https://gateway.example/hooks?id="`} {
		tn.want(201, "POST", "/system/callbacks", callbackFor(members))
	}
	other := tn.want(201, "POST", "/system/callbacks", callbackFor(`,"type":"contact"`))
	path := "/system/callbacks/" + itoa(other.int("id"))
	tn.want(200, "PUT", path, callbackFor(`,"type":"contact"`)) // is not its own double
	if got := tn.call("PATCH", path, `[{"op":"replace","path":"type","value":"TICKET"}]`); got.status != 400 || !strings.Contains(got.text, "ObjectExists") {
		t.Errorf("made the same as another, it answered %d %s", got.status, got.text)
	}
}

func TestRefusedCallbacks(t *testing.T) {
	t.Parallel()
	tn := start(t)
	for members, field := range map[string]string{
		`,"url":""`:             "url",
		`,"url":null`:           "url",
		`,"url":"hooks"`:        "url",
		`,"url":"ftp://a/b"`:    "url",
		`,"url":"https://"`:     "url",
		`,"objectId":null`:      "objectId",
		`,"type":null`:          "type",
		`,"type":"note"`:        "type",
		`,"level":null`:         "level",
		`,"level":"company"`:    "level", // of other types
		`,"level":"everything"`: "level",
		`,"type":"productCatalog","level":"status"`:         "level",
		`,"description":"` + strings.Repeat("x", 101) + `"`: "description",
	} {
		got := tn.call("POST", "/system/callbacks", callbackFor(members))
		if got.status != 400 || !strings.Contains(got.text, "callbackEntry object is invalid") || !strings.Contains(got.text, fmt.Sprintf(`"field": %q`, field)) {
			t.Errorf("%s answered %d %s", members, got.status, got.text)
		}
	}
	if n := len(tn.list("/system/callbacks")); n != 1 {
		t.Errorf("refused callbacks are stored: %d", n)
	}
	poor := tn.withKey(seed.DispatcherMember)
	poor.want(403, "GET", "/system/callbacks", "")
	poor.want(403, "POST", "/system/callbacks", callbackFor(""))
	for right, want := range map[string][3]int{
		"Table Setup:inquire": {403, 201, 200}, "Table Setup:add": {200, 403, 200}, "Table Setup:edit": {200, 201, 403},
	} {
		tn.revoke(right)
		made := callbackFor(`,"url":"https://gateway.example/` + right[12:] + `"`)
		got := [3]int{
			tn.call("GET", "/system/callbacks", "").status, tn.call("POST", "/system/callbacks", made).status, tn.call("PATCH", "/system/callbacks/11", `[]`).status,
		}
		if got != want {
			t.Errorf("without %s: %v, want %v", right, got, want)
		}
	}
}
