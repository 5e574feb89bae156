package operation

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/deskgate/deskgate/proto/contract"
)

// contractOf builds a contract of one file: the services and messages given in
// prototext, and what they can import.
func contractOf(t *testing.T, file string) *protoregistry.Files {
	t.Helper()
	real, err := contract.Files()
	if err != nil {
		t.Fatal(err)
	}
	set := &descriptorpb.FileDescriptorSet{}
	real.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		if !strings.HasPrefix(string(f.Package()), "deskgate.") || f.Package() == "deskgate.operation.v1" {
			set.File = append(set.File, protodesc.ToFileDescriptorProto(f))
		}
		return true
	})
	hostile := &descriptorpb.FileDescriptorProto{}
	if err := prototext.Unmarshal([]byte(`name: "hostile.proto" package: "deskgate.psa.v1" syntax: "proto3"
		dependency: "deskgate/operation/v1/operation.proto" dependency: "google/api/annotations.proto"
		dependency: "google/api/field_behavior.proto" dependency: "buf/validate/validate.proto"
		dependency: "google/protobuf/duration.proto"
		`+file), hostile); err != nil {
		t.Fatal(err)
	}
	set.File = append(set.File, hostile)
	files, err := protodesc.NewFiles(set)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

const (
	answer  = `message_type { name: "Answer" field { name: "id" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL } } `
	request = `message_type { name: "Request" field { name: "connection" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL } } `
)

// rpc is a method in prototext.
func rpc(name, operation, rule string) string {
	options := ""
	if operation != "" {
		options += `[deskgate.operation.v1.operation] { ` + operation + ` } `
	}
	if rule != "" {
		options += `[google.api.http] { ` + rule + ` } `
	}
	return `method { name: "` + name + `" input_type: ".deskgate.psa.v1.Request" output_type: ".deskgate.psa.v1.Answer" options { ` + options + ` } } `
}

func service(methods ...string) string {
	return `service { name: "S" ` + strings.Join(methods, "") + ` } `
}

// fields is a request with one more field than the connection.
func fields(more string) string {
	return strings.TrimSuffix(strings.TrimSpace(request), "}") + more + ` } `
}

const (
	reads  = `name: "things.list" area: "things" access: READ idempotency: REPEATABLE`
	writes = `name: "things.make" area: "things" access: WRITE idempotency: KEYED`
	get    = `get: "/v1/connections/{connection}/things"`
)

func TestSmallContract(t *testing.T) {
	t.Parallel()
	files := contractOf(t, answer+request+service(rpc("List", reads, get)))
	c, err := build(files, dynamicpb.NewTypes(files))
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Collect(maps.Keys(c.byName)); len(got) != 1 || got[0] != "things.list" {
		t.Errorf("operations: %v", got)
	}
}

// TestHostileContract holds that a contract that would give ambiguous, unsafe or
// undocumented operations does not load.
func TestHostileContract(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, want string }{
		"no operation at all":  {answer + request, "it has no operation"},
		"no option":            {answer + request + service(rpc("A", "", get)), "S.A: has no operation option with a name"},
		"no route":             {answer + request + service(rpc("A", reads, "")), "S.A: has no google.api.http route"},
		"no area":              {answer + request + service(rpc("A", `name: "a.b" access: READ idempotency: KEYED`, get)), `needs a grant on "", which is no area`},
		"no access":            {answer + request + service(rpc("A", `name: "a.b" area: "a" idempotency: KEYED`, get)), `does not say which access it needs on "a"`},
		"no idempotency":       {answer + request + service(rpc("A", `name: "a.b" area: "a" access: READ`, get)), "does not say what repeating it does"},
		"an effect of no kind": {answer + request + service(rpc("A", reads+` effects { when: "true" }`, get)), "has an effect without a kind"},
		"a grant of no area":   {answer + request + service(rpc("A", reads+` also { access: READ }`, get)), `needs a grant on "", which is no area`},
		"a name of other form": {answer + request + service(rpc("A", `name: "Things" area: "a" access: READ idempotency: KEYED`, get)), `the name "Things" is not <resource>.<verb>`},
		"one name twice":       {answer + request + service(rpc("A", reads, get), rpc("B", reads, `get: "/v1/other"`)), "S.B: is called things.list, as is /deskgate.psa.v1.S/A"},
		"one route twice": {answer + request + service(rpc("A", reads, get), rpc("B", `name: "things.other" area: "a" access: READ idempotency: KEYED`, get)),
			"things.list and things.other: the routes GET /v1/connections/{connection}/things and /v1/connections/{connection}/things match the same requests"},
		"a literal where another has a parameter": {answer + request + service(rpc("A", reads, `get: "/v1/connections/{connection}"`), rpc("B", `name: "things.other" area: "a" access: READ idempotency: KEYED`, `get: "/v1/connections/new"`)),
			"match the same requests"},
		"a pattern in a path":      {answer + request + service(rpc("A", reads, `get: "/v1/{connection=a/*}"`)), `has the segment "{connection=a"`},
		"a wildcard":               {answer + request + service(rpc("A", reads, `get: "/v1/**"`)), `has the segment "**"`},
		"a verb":                   {answer + request + service(rpc("A", reads, `get: "/v1/things:list"`)), `has the segment "things:list"`},
		"an empty segment":         {answer + request + service(rpc("A", reads, `get: "/v1//things"`)), `has the segment ""`},
		"upper case":               {answer + request + service(rpc("A", reads, `get: "/v1/Things"`)), `has the segment "Things"`},
		"another root":             {answer + request + service(rpc("A", reads, `get: "/healthz"`)), "does not start with /v1/"},
		"a parameter of no field":  {answer + request + service(rpc("A", reads, `get: "/v1/{thing}"`)), "has {thing}, which is no single string of deskgate.psa.v1.Request"},
		"a parameter twice":        {answer + request + service(rpc("A", reads, `get: "/v1/{connection}/{connection}"`)), "has {connection} twice"},
		"another method":           {answer + request + service(rpc("A", reads, `put: "/v1/things" body: "*"`)), "routes are get, post, patch and delete"},
		"two routes":               {answer + request + service(rpc("A", reads, get+` additional_bindings { get: "/v1/a" }`)), "an operation has one route and one answer"},
		"a GET with a body":        {answer + request + service(rpc("A", reads, get+` body: "*"`)), `is a GET with the body "*"`},
		"a POST without a body":    {answer + request + service(rpc("A", writes, `post: "/v1/things"`)), `is a POST with the body ""`},
		"a body of no field":       {answer + request + service(rpc("A", writes, `post: "/v1/things" body: "input"`)), `has the body "input", which is no single message`},
		"a GET that writes":        {answer + request + service(rpc("A", writes, get)), "is a GET that writes"},
		"a PATCH without its mask": {answer + request + service(rpc("A", writes, `patch: "/v1/things" body: "*"`)), "is a PATCH without `repeated string set_fields`"},
		"a stream": {answer + request + service(strings.Replace(rpc("A", reads, get), "options", "server_streaming: true options", 1)),
			"streams its answer without being a GET and having a `bytes chunk`"},
		"a stream both ways": {answer + request + service(strings.Replace(rpc("A", reads, get), "options", "server_streaming: true client_streaming: true options", 1)),
			"streams both ways; a content goes one way"},
		"a chunk that does not stream": {answer + fields(`field { name: "chunk" number: 2 type: TYPE_BYTES label: LABEL_OPTIONAL }`) + service(rpc("A", writes, `post: "/v1/things" body: "*"`)),
			"has a chunk and does not stream"},
		"int64": {answer + fields(`field { name: "n" number: 2 type: TYPE_INT64 label: LABEL_OPTIONAL }`) + service(rpc("A", reads, get)),
			"Request.n: is a int64, which has no form in this API"},
		"a well-known type of no form": {answer + fields(`field { name: "d" number: 2 type: TYPE_MESSAGE type_name: ".google.protobuf.Duration" label: LABEL_OPTIONAL }`) + service(rpc("A", reads, get)),
			"Request.d: is a message, which has no form in this API"},
		"an object in a query": {answer + fields(`field { name: "a" number: 2 type: TYPE_MESSAGE type_name: ".deskgate.psa.v1.Answer" label: LABEL_OPTIONAL }`) + service(rpc("A", reads, get)),
			"takes a as a query parameter, which cannot be a message"},
		"bytes in a body": {answer + fields(`field { name: "b" number: 2 type: TYPE_BYTES label: LABEL_OPTIONAL }`) + service(rpc("A", writes, `post: "/v1/things" body: "*"`)),
			"takes b in its body; raw JSON only goes out"},
		"a constraint that documents cannot show": {answer + fields(`field { name: "s" number: 2 type: TYPE_STRING label: LABEL_OPTIONAL options { [buf.validate.field] { string { ipv4: true } } } }`) + service(rpc("A", reads, get)),
			"Request.s: has the constraint string.ipv4, which documents cannot show yet"},
		"two messages that read alike": {`message_type { name: "Answer" field { name: "a" number: 1 type: TYPE_MESSAGE type_name: ".deskgate.psa.v1.A.B" label: LABEL_OPTIONAL } field { name: "b" number: 2 type: TYPE_MESSAGE type_name: ".deskgate.psa.v1.AB" label: LABEL_OPTIONAL } }
			message_type { name: "A" nested_type { name: "B" } } message_type { name: "AB" } ` + request + service(rpc("A", reads, get)),
			"reads as AB in documents, as does deskgate.psa.v1.A.B"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := contractOf(t, c.file)
			_, err := build(files, dynamicpb.NewTypes(files))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant %q", err, c.want)
			}
		})
	}
}

// TestAllFaultsAtOnce holds that one load names all that is wrong.
func TestAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	files := contractOf(t, answer+request+service(rpc("A", "", get), rpc("B", writes, get)))
	_, err := build(files, dynamicpb.NewTypes(files))
	if err == nil || !strings.Contains(err.Error(), "S.A: ") || !strings.Contains(err.Error(), "S.B: ") {
		t.Errorf("error %v, want both faults", err)
	}
}

// TestStaleCode holds that a contract which the generated code does not match
// is noticed at the start, not by a caller.
func TestStaleCode(t *testing.T) {
	t.Parallel()
	today := contractOf(t, answer+fields(`field { name: "text" number: 2 type: TYPE_STRING label: LABEL_OPTIONAL }`)+service(rpc("A", reads, get)))
	yesterday := contractOf(t, answer+request+service(rpc("A", reads, get)))
	_, err := build(today, dynamicpb.NewTypes(yesterday))
	if err == nil || !strings.Contains(err.Error(), "Request.text: differs between the contract and the generated code; run 'make generate'") {
		t.Errorf("error %v", err)
	}
	if _, err = build(today, protoregistry.GlobalTypes); err == nil || !strings.Contains(err.Error(), "has no generated type") {
		t.Errorf("error %v", err)
	}
}

// TestSelfContainingMessage holds that a message may contain itself.
func TestSelfContainingMessage(t *testing.T) {
	t.Parallel()
	files := contractOf(t, `message_type { name: "Answer" field { name: "parent" number: 1 type: TYPE_MESSAGE type_name: ".deskgate.psa.v1.Answer" label: LABEL_OPTIONAL } } `+
		request+service(rpc("A", reads, get)))
	c, err := build(files, dynamicpb.NewTypes(files))
	if err != nil {
		t.Fatal(err)
	}
	out := c.ByName("things.list").Output
	if out.Field("parent").Message != out {
		t.Error("the field is not of the message itself")
	}
	if !proto.Equal(out.New(), out.New()) {
		t.Error("two empty messages differ")
	}
}
