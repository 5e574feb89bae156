package contract_test

import (
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/proto/contract"
	_ "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	_ "github.com/deskgate/deskgate/proto/deskgate/gateway/v1"
	operationv1 "github.com/deskgate/deskgate/proto/deskgate/operation/v1"
	_ "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// public are the packages whose messages callers see as JSON.
var public = map[protoreflect.FullName]bool{
	"deskgate.psa.v1": true, "deskgate.gateway.v1": true, "deskgate.operation.v1": true,
}

func walk(t *testing.T, visit func(protoreflect.FileDescriptor)) {
	t.Helper()
	files, err := contract.Files()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	files.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		if strings.HasPrefix(string(f.Package()), "deskgate.") {
			visit(f)
			n++
		}
		return true
	})
	if n < 10 {
		t.Fatalf("walked only %d files", n)
	}
}

func walkMessages(ms protoreflect.MessageDescriptors, visit func(protoreflect.MessageDescriptor)) {
	for i := range ms.Len() {
		if m := ms.Get(i); !m.IsMapEntry() {
			visit(m)
			walkMessages(m.Messages(), visit)
		}
	}
}

// TestEncodingRules holds what each message has to keep to, so that it reads
// the same in JSON on every side. Found late, each breach changes every message.
func TestEncodingRules(t *testing.T) {
	t.Parallel()
	walk(t, func(f protoreflect.FileDescriptor) {
		if f.Enums().Len() > 0 {
			t.Errorf("%s: an enum outside a message; wrap it, so that its values need no prefix", f.Path())
		}
		walkMessages(f.Messages(), func(m protoreflect.MessageDescriptor) {
			for i := range m.Enums().Len() {
				checkEnum(t, m.Enums().Get(i))
			}
			for i := range m.Fields().Len() {
				checkField(t, m.Fields().Get(i), public[f.Package()])
			}
		})
	})
}

func checkEnum(t *testing.T, e protoreflect.EnumDescriptor) {
	t.Helper()
	if e.Name() != "V" {
		t.Errorf("%s: an enum is called V, in a message of its own", e.FullName())
	}
	if v := e.Values().ByNumber(0); v == nil || v.Name() != "UNSPECIFIED" {
		t.Errorf("%s: zero has to be UNSPECIFIED", e.FullName())
	}
}

func checkField(t *testing.T, fd protoreflect.FieldDescriptor, public bool) {
	t.Helper()
	kind := fd.Kind()
	if fd.IsMap() {
		kind = fd.MapValue().Kind()
		if fd.MapKey().Kind() != protoreflect.StringKind {
			t.Errorf("%s: map keys are strings", fd.FullName())
		}
	}
	switch kind {
	case protoreflect.StringKind, protoreflect.BoolKind, protoreflect.Int32Kind, protoreflect.Uint32Kind,
		protoreflect.DoubleKind, protoreflect.EnumKind, protoreflect.MessageKind:
	case protoreflect.BytesKind:
		if public && fd.Name() != "vendor" && fd.Name() != "chunk" {
			t.Errorf("%s: bytes print as base64; only `vendor` is spliced and `chunk` streamed", fd.FullName())
		}
	default:
		t.Errorf("%s: %s prints as a string or loses digits; use int32, uint32 or double", fd.FullName(), kind)
	}
	if kind == protoreflect.MessageKind && fd.Message() != nil {
		switch fd.Message().FullName() {
		case "google.protobuf.FieldMask", "google.protobuf.Struct", "google.protobuf.Any", "google.protobuf.Duration":
			t.Errorf("%s: %s has a JSON form that callers cannot use", fd.FullName(), fd.Message().FullName())
		}
	}
	if fd.Cardinality() != protoreflect.Repeated && !fd.HasPresence() {
		t.Errorf("%s: has no presence", fd.FullName())
	}
	if public && string(fd.Name()) != strings.ToLower(string(fd.Name())) {
		t.Errorf("%s: JSON names are the proto names, in snake_case", fd.FullName())
	}
}

// TestEverythingIsDocumented holds that the comments, which are the public
// documentation, are there.
func TestEverythingIsDocumented(t *testing.T) {
	t.Parallel()
	walk(t, func(f protoreflect.FileDescriptor) {
		documented := func(d protoreflect.Descriptor) {
			if c := strings.TrimSpace(f.SourceLocations().ByDescriptor(d).LeadingComments); !strings.HasSuffix(c, ".") {
				t.Errorf("%s: wants a comment that ends in a full stop, has %q", d.FullName(), c)
			}
		}
		for i := range f.Services().Len() {
			s := f.Services().Get(i)
			documented(s)
			for j := range s.Methods().Len() {
				documented(s.Methods().Get(j))
			}
		}
		walkMessages(f.Messages(), func(m protoreflect.MessageDescriptor) {
			documented(m)
			for i := range m.Fields().Len() {
				documented(m.Fields().Get(i))
			}
			for i := range m.Enums().Len() {
				documented(m.Enums().Get(i))
				for j := range m.Enums().Get(i).Values().Len() {
					documented(m.Enums().Get(i).Values().Get(j))
				}
			}
		})
	})
}

// TestOperations holds that every RPC of the public API is a whole operation.
func TestOperations(t *testing.T) {
	t.Parallel()
	names := map[string]protoreflect.FullName{}
	walk(t, func(f protoreflect.FileDescriptor) {
		if !public[f.Package()] {
			return
		}
		for i := range f.Services().Len() {
			for j := range f.Services().Get(i).Methods().Len() {
				m := f.Services().Get(i).Methods().Get(j)
				op, _ := proto.GetExtension(m.Options(), operationv1.E_Operation).(*operationv1.Operation)
				if op.GetName() == "" || op.GetArea() == "" || op.GetAccess() == 0 || op.GetIdempotency() == 0 {
					t.Errorf("%s: wants an operation option with name, area, access and idempotency", m.FullName())
				}
				if other, dup := names[op.GetName()]; dup {
					t.Errorf("%s and %s are both called %s", m.FullName(), other, op.GetName())
				}
				names[op.GetName()] = m.FullName()
				rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
				if rule.GetPattern() == nil {
					t.Errorf("%s: wants a google.api.http route", m.FullName())
				}
				checkRequest(t, m, op, rule)
			}
		}
	})
	if len(names) < 20 {
		t.Fatalf("found only %d operations", len(names))
	}
}

func checkRequest(t *testing.T, m protoreflect.MethodDescriptor, op *operationv1.Operation, rule *annotations.HttpRule) {
	t.Helper()
	in := m.Input().Fields()
	if m.ParentFile().Package() != "deskgate.psa.v1" {
		return
	}
	if in.ByName("connection") == nil {
		t.Errorf("%s: wants a field connection", m.FullName())
	}
	write := op.GetAccess() >= operationv1.Access_WRITE
	if has := in.ByName("options") != nil; has != write {
		t.Errorf("%s: a write has WriteOptions options, a read has none", m.FullName())
	}
	if has := m.Output().Fields().ByName("receipt") != nil; has != write {
		t.Errorf("%s: a write answers a receipt, a read does not", m.FullName())
	}
	if rule.GetBody() == "input" && in.ByName("input") == nil {
		t.Errorf("%s: the body is `input`, and there is no such field", m.FullName())
	}
	if _, patch := rule.GetPattern().(*annotations.HttpRule_Patch); patch && in.ByName("set_fields") == nil {
		t.Errorf("%s: a PATCH has set_fields", m.FullName())
	}
}
