package write

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Refused makes a write that has to be refused with one of some codes: nothing is
// sent then, and the record stays what it was. why says in messages what is wrong
// with the write. It returns nil where the write was not refused so.
func (c Call) Refused(t *suite.T, why string, codes ...fault.Code) *fault.Error {
	var before protoreflect.Message
	if c.Of.ID != "" {
		before = c.Of.Anew(t)
	}
	logged := t.Simulator.Has[simulated.Requests]
	if logged {
		t.Forget()
	}
	_, err := c.Try(t, t.Conn())
	var sent []simulated.Request
	if logged {
		sent = t.Sent()
	}
	if err == nil {
		t.Errorf("%s with %s is accepted; it has to be refused with %s", c.title(), why, join(codes))
	}
	if before != nil {
		c.unchanged(t, before, why)
	}
	if err == nil {
		return nil
	}
	f := suite.Fault(err)
	if sent = effective(sent, f); len(sent) > 0 {
		t.Errorf("%s with %s is refused, and this was sent: %s", c.title(), why, lines(sent))
	}
	if !slices.Contains(codes, f.Code) {
		t.Errorf("%s with %s answers %s; it has to be %s", c.title(), why, suite.Words(err), join(codes))
		return nil
	}
	return f
}

// effective are those of the requests behind a refusal that can have changed something:
// what the PSA itself has refused cannot.
func effective(sent []simulated.Request, f *fault.Error) []simulated.Request {
	if f.Source != fault.SourcePSA {
		return sent
	}
	return slices.DeleteFunc(sent, func(r simulated.Request) bool {
		return r.Status >= http.StatusBadRequest && r.Status < http.StatusInternalServerError
	})
}

func join(codes []fault.Code) string {
	var names []string
	for _, c := range codes {
		names = append(names, string(c))
	}
	return strings.Join(names, " or ")
}

// unchanged sees to it that a record is what it was.
func (c Call) unchanged(t *suite.T, before protoreflect.Message, why string) {
	after, err := c.Of.Read(t, t.Anew())
	if err != nil {
		t.Errorf("after %s with %s, %s cannot be read: %s", c.title(), why, c.Of, suite.Words(err))
		return
	}
	if left := Differences(before, after); len(left) > 0 {
		t.Errorf("%s with %s left changes behind: %s", c.title(), why, list(left))
	}
}

// Differences are the fields in which two states of a record differ.
func Differences(before, after protoreflect.Message) []string {
	var all []string
	fields := before.Descriptor().Fields()
	for i := range fields.Len() {
		name := string(fields.Get(i).Name())
		if !record.Equal(before, after, name) {
			all = append(all, fmt.Sprintf("%s was %s and is %s", name, record.Show(before, name), record.Show(after, name)))
		}
	}
	return all
}

// Moved are the differences that an etag has to tell: what lists carry of a record,
// and not what costs extra calls.
func Moved(before, after protoreflect.Message) []string {
	return slices.DeleteFunc(Differences(before, after), func(d string) bool {
		name, _, _ := strings.Cut(d, " ")
		return name == "etag" || name == "updated_at" || slices.Contains(costly, name)
	})
}

// At returns the violation of a path, or of one that goes on from it; nil, and an
// error in the check, where the fault has none.
func At(t *suite.T, f *fault.Error, path, why string) *fault.Violation {
	if f == nil {
		return nil
	}
	var fields []string
	for i, v := range f.Violations {
		if below(v.Field, path) {
			return &f.Violations[i]
		}
		fields = append(fields, v.Field)
	}
	t.Errorf("%s is refused (%s) without a violation at %s; there are: %s", why, f.Message, path, list(fields))
	return nil
}
