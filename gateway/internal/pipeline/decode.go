package pipeline

import (
	"context"
	"strings"

	"google.golang.org/protobuf/proto"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// decode makes the request message of what the caller wrote, and checks it
// against the contract's constraints.
func (p *Pipeline) decode(ctx context.Context, inv *Invocation, next handler) error {
	if inv.Flaw != nil {
		return inv.Flaw
	}
	inv.Request = inv.Operation.Input.New()
	if prob := p.codec.Decode(inv.Operation, inv.Request, inv.Path, inv.Query, inv.Body); prob != nil {
		return prob
	}
	if prob := bindOptions(inv); prob != nil {
		return prob
	}
	if prob := p.codec.Validate(inv.Request); prob != nil {
		return prob
	}
	if m, ok := inv.Request.(interface{ GetConnection() string }); ok && inv.Path["connection"] != "" {
		inv.Connection = m.GetConnection()
	}
	return next(ctx, inv)
}

// bindOptions puts the caller's options into a write's request.
func bindOptions(inv *Invocation) *problem.Problem {
	o := inv.Options
	m, ok := inv.Request.(interface{ SetOptions(*psav1.WriteOptions) })
	if !ok {
		if o.DryRun || len(o.Accept) > 0 || o.IfMatch != "" {
			return problem.New(problem.InvalidArgument, "%s takes neither dry_run nor accept nor If-Match", inv.Operation.Name)
		}
		return nil
	}
	etag, prob := recordETag(o.IfMatch)
	if prob != nil {
		return prob
	}
	if etag != "" && !inv.Operation.Conditional() {
		return problem.Field("If-Match", "is for a record that is there already, and this call makes one: leave the header out")
	}
	options := &psav1.WriteOptions{}
	if o.DryRun {
		options.SetDryRun(true)
	}
	options.SetAccept(o.Accept)
	if etag != "" {
		options.SetIfMatch(etag)
	}
	if proto.Size(options) > 0 {
		m.SetOptions(options)
	}
	return nil
}

// recordETag is the part of an If-Match header that the record's etag is
// compared with: what stands before the dot. "*" asks for no version.
func recordETag(header string) (string, *problem.Problem) {
	header = strings.TrimSpace(header)
	if header == "" || header == "*" {
		return "", nil
	}
	inner, opened := strings.CutPrefix(header, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	inner, _, _ = strings.Cut(inner, ".")
	if !opened || !closed || inner == "" || strings.ContainsAny(inner, `",`) {
		return "", problem.Field("If-Match", `is not one strong etag in double quotes, such as "b1946ac9"; take it from the record's etag or the ETag header`)
	}
	return `"` + inner + `"`, nil
}
