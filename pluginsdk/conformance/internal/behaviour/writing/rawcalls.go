package writing

import (
	"encoding/json"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func rawCalls() []suite.Check {
	operations := []string{"raw.read", "raw.write", "raw.delete"}
	return []suite.Check{{
		Name: "raw/record", About: "A record that a raw call makes is there for another process, and gone once a raw call has deleted it.",
		Operations: operations, Writes: true, Run: rawRecord,
	}, {
		Name: "raw/dry_run", About: "The dry run of a raw call sends nothing, and plans just that call.",
		Operations: operations, Writes: true, Needs: []string{simulated.Requests}, Run: rawDry,
	}, {
		Name: "raw/refused", About: "A raw call leaves the PSA's API neither for another host nor upwards, logs in as nobody else, and reads nothing by a method that writes.",
		Operations: operations, Writes: true, Needs: []string{simulated.Requests}, Run: rawRefused,
	}}
}

// rawWrite is the raw call of the fixtures that makes a record.
func rawWrite(t *suite.T) write.Call {
	raw := t.File.Fixtures.Raw
	if raw == nil {
		t.NotRun("the conformance file has no fixtures.raw")
	}
	return write.Call{Operation: "raw.write", Request: psav1.RawWriteRequest_builder{Method: new(raw.Method), Path: new(raw.Path), Json: raw.Body}.Build()}
}

// rawDelete is the raw call that deletes a record.
func rawDelete(t *suite.T, id string) write.Call {
	path := strings.ReplaceAll(t.File.Fixtures.Raw.Record, "{id}", id)
	return write.Call{Operation: "raw.delete", Request: psav1.RawDeleteRequest_builder{Method: new("DELETE"), Path: &path}.Build()}
}

// rawMade makes the record and returns its id.
func rawMade(t *suite.T) string {
	call := rawWrite(t)
	answer, err := call.Try(t, t.Conn())
	if err != nil {
		t.Fatalf("raw.write of fixtures.raw is refused: %s", suite.Words(err))
	}
	made, _ := answer.Message.(*psav1.RawWriteResponse)
	if o := made.GetReceipt().GetOutcome(); o != psav1.Receipt_Outcome_UNVERIFIED && o != psav1.Receipt_Outcome_APPLIED {
		t.Errorf("the outcome of a raw call that wrote is %s", o)
	}
	if made.GetStatus() < 200 || made.GetStatus() > 299 {
		t.Errorf("a raw call that wrote answers the status %d", made.GetStatus())
	}
	id := idIn(made.GetVendor(), t.File.Fixtures.Raw.ID)
	if id == "" {
		t.Fatalf("the answer to raw.write of fixtures.raw has no %s: %s", t.File.Fixtures.Raw.ID, made.GetVendor())
	}
	return id
}

// idIn is what a JSON document has at a path of names, joined by dots.
func idIn(document []byte, path string) string {
	for name := range strings.SplitSeq(path, ".") {
		var object map[string]json.RawMessage
		if json.Unmarshal(document, &object) != nil {
			return ""
		}
		document = object[name]
	}
	return strings.Trim(string(document), `"`)
}

func rawRead(t *suite.T, id string) (*psav1.RawReadResponse, error) {
	path := strings.ReplaceAll(t.File.Fixtures.Raw.Record, "{id}", id)
	return psav1.NewRawCallerClient(t.Anew()).RawRead(t.Context(), psav1.RawReadRequest_builder{Method: new("GET"), Path: &path}.Build())
}

func rawRecord(t *suite.T) {
	id := rawMade(t)
	read, err := rawRead(t, id)
	if err != nil {
		t.Fatalf("raw.read of what raw.write made: %s", suite.Words(err))
	}
	if !json.Valid(read.GetVendor()) {
		t.Errorf("raw.read answers no JSON in vendor: %.100q", read.GetVendor())
	}
	answer, err := rawDelete(t, id).Try(t, t.Conn())
	if err != nil {
		t.Fatalf("raw.delete of what raw.write made: %s", suite.Words(err))
	}
	if o := answer.Receipt.GetOutcome(); o != psav1.Receipt_Outcome_APPLIED && o != psav1.Receipt_Outcome_UNVERIFIED {
		t.Errorf("the outcome of a raw call that deleted is %s", o)
	}
	if _, err := rawRead(t, id); suite.Fault(err) == nil || suite.Fault(err).Code != fault.CodeNotFound {
		t.Errorf("what raw.delete deleted should be not_found, and is %s", suite.Words(err))
	}
}

func rawDry(t *suite.T) {
	dryRun(t, rawWrite(t))
	id := rawMade(t)
	dryRun(t, rawDelete(t, id))
	if answer, err := rawRead(t, id); err == nil {
		t.Errorf("the dry run of raw.delete and then the call itself left the record: %.100s", answer.GetVendor())
	}
}

func rawRefused(t *suite.T) {
	call := rawWrite(t)
	request, _ := call.Request.(*psav1.RawWriteRequest)
	codes := []fault.Code{fault.CodeInvalidArgument, fault.CodePermissionDenied}
	for why, change := range map[string]func(*psav1.RawWriteRequest){
		"another host":               func(r *psav1.RawWriteRequest) { r.SetPath("https://elsewhere.example" + r.GetPath()) },
		"another host by slashes":    func(r *psav1.RawWriteRequest) { r.SetPath("//elsewhere.example" + r.GetPath()) },
		"a path that goes up":        func(r *psav1.RawWriteRequest) { r.SetPath("/../.." + r.GetPath()) },
		"a path that goes up hidden": func(r *psav1.RawWriteRequest) { r.SetPath("/%2e%2e/%2e%2e" + r.GetPath()) },
		"a login of its own":         func(r *psav1.RawWriteRequest) { r.SetHeaders(map[string]string{"Authorization": "Basic eDp5"}) },
		"a method that deletes":      func(r *psav1.RawWriteRequest) { r.SetMethod("DELETE") },
	} {
		with := proto.CloneOf(request)
		change(with)
		c := call
		c.Request = with
		_ = c.Refused(t, why, codes...)
	}
	// What writes is no reading.
	t.Forget()
	reading := psav1.RawReadRequest_builder{Method: new("POST"), Path: new(request.GetPath()), Json: request.GetJson()}.Build()
	_, err := psav1.NewRawCallerClient(t.Conn()).RawRead(t.Context(), reading)
	if f := suite.Fault(err); err == nil || f.Code != fault.CodeInvalidArgument && f.Code != fault.CodePermissionDenied {
		t.Errorf("raw.read of a POST that writes answers %s; it has to be refused", suite.Words(err))
	}
	if sent := t.Sent(); len(sent) > 0 {
		t.Errorf("raw.read of a POST that writes was sent")
	}
}
