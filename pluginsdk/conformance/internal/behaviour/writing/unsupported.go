package writing

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/sample"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

func unsupported() []suite.Check {
	var checks []suite.Check
	for _, w := range sample.Writes() {
		if w.Name != "" || strings.HasSuffix(w.Operation, ".delete") {
			continue // a deletion has no fields
		}
		checks = append(checks, suite.Check{
			Name: "unsupported/" + w.Operation, About: "A field that the connector declares not to write is refused by its name, and nothing is sent.",
			Operations: []string{w.Operation}, Writes: true,
			Run: func(t *suite.T) { refusesUnsupported(t, w) },
		})
	}
	return checks
}

// refusesUnsupported puts each declared field into a write that is right otherwise.
func refusesUnsupported(t *suite.T, w sample.Write) {
	fields := sample.UnsupportedFields(t, w.Operation)
	if len(fields) == 0 {
		t.NotRun("the connector declares no field that it does not write")
	}
	x := sample.Of(t)
	plain := w.Prepare(x)
	for _, field := range fields {
		call, ok := withField(plain, field)
		if !ok {
			t.Errorf("the connector declares that it does not write %s by %s, which has no such field", field, w.Operation)
			continue
		}
		f := call.Refused(t, "the field "+field+", which the connector declares not to write", fault.CodeFieldNotSupported)
		write.At(t, f, field, w.Operation+" with "+field)
	}
}

// withField is a write with something in one more field.
func withField(c write.Call, field string) (write.Call, bool) {
	c.Request = proto.Clone(c.Request)
	m := c.Request.ProtoReflect()
	top, _, _ := strings.Cut(field, ".")
	if input := m.Descriptor().Fields().ByName("input"); input != nil {
		path := top
		if top == "custom_fields" {
			path = record.CustomPath("1")
		}
		if list := m.Descriptor().Fields().ByName("set_fields"); list != nil && !slices.Contains(c.Fields, path) {
			m.Mutable(list).List().Append(protoreflect.ValueOfString(path))
		}
		m = record.Member(m, "input")
	}
	if f := m.Descriptor().Fields().ByName(protoreflect.Name(top)); f != nil {
		m.Clear(f)
	}
	return c, sample.Something(m, field)
}
