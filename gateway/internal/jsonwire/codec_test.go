package jsonwire_test

import (
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/gateway/internal/jsonwire"
	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// load makes the codec of the real contract once: compiling its constraints
// takes longer than most tests.
var load = sync.OnceValues(func() (fixture, error) {
	catalogue, err := operation.Load()
	if err != nil {
		return fixture{}, err
	}
	codec, err := jsonwire.New(catalogue)
	return fixture{catalogue, codec}, err
})

type fixture struct {
	catalogue *operation.Catalogue
	codec     *jsonwire.Codec
}

func setup(t testing.TB) fixture {
	t.Helper()
	f, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// call decodes and, if that went well, validates, as the pipeline does.
func (f fixture) call(t testing.TB, name, query, body string) (proto.Message, *problem.Problem) {
	t.Helper()
	op := f.catalogue.ByName(name)
	if op == nil {
		t.Fatalf("there is no operation %s", name)
	}
	path := map[string]string{}
	for _, param := range op.HTTP.PathParams {
		path[param] = "7743"
	}
	message := op.Input.New()
	if p := f.codec.Decode(op, message, path, query, []byte(body)); p != nil {
		return message, p
	}
	return message, f.codec.Validate(message)
}

// want is what a test expects of a refusal: the detail where field is empty,
// else that field's violation.
type want struct {
	field, message, didYouMean string
	allowed                    string // the first of those allowed
}

func (w want) check(t *testing.T, p *problem.Problem) {
	t.Helper()
	if p == nil {
		t.Fatalf("it was taken; want %+v", w)
	}
	if p.Code != problem.InvalidArgument {
		t.Fatalf("code %s, want invalid_argument: %v", p.Code, p)
	}
	if w.field == "" {
		if p.Detail != w.message || len(p.Violations) > 0 {
			t.Errorf("detail %q with %d violations, want %q alone", p.Detail, len(p.Violations), w.message)
		}
		return
	}
	for _, v := range p.Violations {
		if v.Field != w.field {
			continue
		}
		first := ""
		if len(v.Allowed) > 0 {
			first = v.Allowed[0]
		}
		if v.Message != w.message || v.DidYouMean != w.didYouMean || first != w.allowed {
			t.Errorf("got %+v, want %+v", v, w)
		}
		return
	}
	t.Errorf("no violation of %q among %+v", w.field, p.Violations)
}
