package connector

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

func jsonValue(t *testing.T, text string) *structpb.Value {
	t.Helper()
	var v structpb.Value
	if err := v.UnmarshalJSON([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return &v
}

func TestRawRead(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := firstTicket(t, i, psav1.ListTicketsRequest_builder{})
	ctx, count := counted(t)
	resp, err := i.RawRead(ctx, psav1.RawReadRequest_builder{Method: new("GET"), Path: new("/service/tickets/" + ticket.GetId())}.Build())
	if err != nil {
		t.Fatal(err)
	}
	var record struct{ Summary string }
	if json.Unmarshal(resp.GetVendor(), &record) != nil || record.Summary != ticket.GetTitle() || resp.GetStatus() != 200 || resp.HasText() || count.VendorRequests() != 1 {
		t.Errorf("answered %v", resp)
	}
	// Untouched: ConnectWise indents with CRLF.
	if !bytes.Contains(resp.GetVendor(), []byte("\r\n")) {
		t.Errorf("the body is %.100q", resp.GetVendor())
	}
	if h := resp.GetHeaders(); !strings.Contains(h["Content-Type"], "json") || h["Api-Current-Version"] == "" || h["Date"] != "" {
		t.Errorf("headers %v", h)
	}

	list, err := i.RawRead(t.Context(), psav1.RawReadRequest_builder{
		Method: new("GET"), Path: new("service/tickets"), Query: map[string]string{"pageSize": "2", "fields": "id", "conditions": `summary contains "a&b=c" or id>0`},
		Headers: map[string]string{"pagination-type": "forward-only"},
	}.Build())
	if err != nil || !strings.Contains(list.GetHeaders()["Link"], "pageId") {
		t.Errorf("a page is %v, %v", list, err)
	}
	found, err := i.RawRead(t.Context(), psav1.RawReadRequest_builder{
		Method: new("POST"), Path: new("/service/tickets/search"), Json: jsonValue(t, `{"conditions":"id=`+ticket.GetId()+`"}`),
	}.Build())
	if err != nil || !bytes.Contains(found.GetVendor(), []byte(ticket.GetId())) {
		t.Errorf("a search is %v, %v", found, err)
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	for name, c := range map[string]struct {
		request psav1.RawReadRequest_builder
		code    fault.Code
		says    string
	}{
		"a POST that can write": {psav1.RawReadRequest_builder{Method: new("POST"), Path: new("/service/tickets"), Json: jsonValue(t, `{}`)}, fault.CodeInvalidArgument, "raw.write"},
		"a GET with a body":     {psav1.RawReadRequest_builder{Method: new("GET"), Path: new("/service/tickets"), Json: jsonValue(t, `{}`)}, fault.CodeInvalidArgument, "no body"},
		"another method":        {psav1.RawReadRequest_builder{Method: new("DELETE"), Path: new("/service/tickets/1")}, fault.CodeInvalidArgument, "method"},
		"a table of secrets":    {psav1.RawReadRequest_builder{Method: new("GET"), Path: new("/system/apiMembers")}, fault.CodePermissionDenied, "no raw call"},
		"bundled secrets": {psav1.RawReadRequest_builder{Method: new("POST"), Path: new("/system/bundles"),
			Json: jsonValue(t, `{"Requests":[{"ResourceType":"ticket"},{"ResourceType":"Callback_Entry"}]}`)}, fault.CodePermissionDenied, "no raw call"},
		"a header that logs in": {psav1.RawReadRequest_builder{Method: new("GET"), Path: new("/service/tickets"), Headers: map[string]string{"Authorization": "x"}}, fault.CodeInvalidArgument, "header"},
	} {
		_, err := i.RawRead(t.Context(), c.request.Build())
		if e := wantFault(t, err, c.code); !strings.Contains(e.Message, c.says) {
			t.Errorf("%s: %v", name, e)
		}
	}
	var seen []struct{ Path string }
	admin(t, sim, "GET", "requests", "", &seen)
	if len(seen) > 0 {
		t.Errorf("what is refused reached ConnectWise: %v", seen)
	}
}

func TestRawCallsTellTheCallersMistakes(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	for name, c := range map[string]struct {
		method, path, body string
		query              map[string]string
		code               fault.Code
		says               string
	}{
		"no such record":    {"GET", "service/tickets/99999999", "", nil, fault.CodeNotFound, "not found"},
		"no such path":      {"GET", "service/nonsense", "", nil, fault.CodeNotFound, "no such path"},
		"a wrong condition": {"GET", "service/tickets", "", map[string]string{"conditions": "nonsense=1"}, fault.CodeInvalidArgument, "not a recognized name"},
		"an unknown member": {"POST", "service/tickets", `{"nonsense":1}`, nil, fault.CodeInvalidArgument, "Could not find member"},
		"a missing member":  {"POST", "service/tickets", `{"company":{"id":2}}`, nil, fault.CodeInvalidArgument, "summary"},
		"no such method":    {"PUT", "service/tickets", `{}`, nil, fault.CodeNotFound, "method"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var err error
			if c.method == "GET" {
				_, err = i.RawRead(t.Context(), psav1.RawReadRequest_builder{Method: &c.method, Path: &c.path, Query: c.query}.Build())
			} else {
				_, err = i.RawWrite(t.Context(), psav1.RawWriteRequest_builder{Method: &c.method, Path: &c.path, Json: jsonValue(t, c.body)}.Build())
			}
			e := wantFault(t, err, c.code)
			if e.Vendor == nil || !strings.Contains(e.Message, c.says) || len(e.Violations) > 0 || e.Outcome == fault.Unknown {
				t.Errorf("fault %+v", e)
			}
		})
	}
}

func TestRawWriteAndDelete(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := newTicket(t, i)
	patch := psav1.RawWriteRequest_builder{
		Method: new("PATCH"), Path: new("/service/tickets/" + ticket.GetId()), Json: jsonValue(t, `[{"op":"replace","path":"summary","value":"raw <b> & 7"}]`),
	}
	admin(t, sim, "DELETE", "requests", "", nil)
	planned, err := i.RawWrite(dry(t), patch.Build())
	if p := planned.GetReceipt().GetPlanned(); err != nil || len(p) != 1 || p[0].GetMethod() != "PATCH" || p[0].GetPath() != "/service/tickets/"+ticket.GetId() ||
		len(p[0].GetBody().GetListValue().GetValues()) != 1 || planned.HasStatus() || len(writes(t, sim)) > 0 {
		t.Errorf("dry run %v, %v", planned, err)
	}
	ctx, count := counted(t)
	resp, err := i.RawWrite(ctx, patch.Build())
	if err != nil {
		t.Fatal(err)
	}
	if r := resp.GetReceipt(); r.GetOutcome() != psav1.Receipt_Outcome_UNVERIFIED || r.GetAttributedTo().GetName() == "" || r.GetNotification().GetObserved() != psav1.Observed_UNKNOWN || count.VendorRequests() != 1 {
		t.Errorf("receipt %v", r)
	}
	if got := vendorTicket(t, sim, ticket.GetId()).Summary; got != "raw <b> & 7" || resp.GetStatus() != 200 || !bytes.Contains(resp.GetVendor(), []byte("raw <b> & 7")) {
		t.Errorf("ConnectWise holds %q, answered %v", got, resp)
	}

	gone := psav1.RawDeleteRequest_builder{Method: new("DELETE"), Path: new("/service/tickets/" + ticket.GetId())}
	planned2, err := i.RawDelete(dry(t), gone.Build())
	if err != nil || len(planned2.GetReceipt().GetPlanned()) != 1 {
		t.Errorf("dry run %v, %v", planned2, err)
	}
	deleted, err := i.RawDelete(t.Context(), gone.Build())
	if err != nil || deleted.GetReceipt().GetOutcome() != applied || deleted.GetStatus() != 204 {
		t.Errorf("answered %v, %v", deleted, err)
	}

	admin(t, sim, "DELETE", "requests", "", nil)
	for _, c := range []struct {
		path string
		code fault.Code
	}{{"/system/members/5", fault.CodePermissionDenied}, {"/system/Members/zadmin/Tokens", fault.CodePermissionDenied}, {"/system/securityRoles", fault.CodePermissionDenied}, {"../x", fault.CodeInvalidArgument}} {
		_, err := i.RawWrite(t.Context(), psav1.RawWriteRequest_builder{Method: new("POST"), Path: &c.path, Json: jsonValue(t, `{}`)}.Build())
		wantFault(t, err, c.code)
		_, err = i.RawDelete(t.Context(), psav1.RawDeleteRequest_builder{Method: new("DELETE"), Path: &c.path}.Build())
		wantFault(t, err, c.code)
	}
	patch.Options = psav1.WriteOptions_builder{IfMatch: new(ticket.GetEtag())}.Build()
	_, err = i.RawWrite(t.Context(), patch.Build())
	wantFault(t, err, fault.CodeInvalidArgument)
	if sent := writes(t, sim); len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}

// TestRawWriteIsSentOnce loses the answer of a raw write, and breaks one that is
// done already.
func TestRawWriteIsSentOnce(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	ticket := firstTicket(t, i, psav1.ListTicketsRequest_builder{}).GetId()
	note := psav1.RawWriteRequest_builder{Method: new("POST"), Path: new("/service/tickets/" + ticket + "/notes"), Json: jsonValue(t, `{"text":"once","internalAnalysisFlag":true}`)}
	admin(t, sim, "POST", "faults", `{"match":{"method":"POST","path":"*/notes"},"fault":"drop_after","times":1}`, nil)
	_, err := i.RawWrite(t.Context(), note.Build())
	wantFault(t, err, fault.CodeOutcomeUnknown)
	admin(t, sim, "POST", "faults", `{"match":{"method":"POST","path":"*/notes"},"fault":"status","status":200,"times":1,"body":"<html><title>Proxy</title></html>"}`, nil)
	resp, err := i.RawWrite(t.Context(), note.Build())
	if err != nil || len(resp.GetReceipt().GetWarnings()) != 1 || resp.HasVendor() || resp.HasText() {
		t.Errorf("a page as the answer: %v, %v", resp, err)
	}
	if sent := writes(t, sim); len(sent) != 2 {
		t.Errorf("sent %v", sent)
	}
	if text := resp.String(); strings.Contains(text, seed.PrivateKey) {
		t.Errorf("a secret in %s", text)
	}
}
