package receipt

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// customFields is the one map of a record that is compared key by key.
const customFields = "custom_fields"

// Write is a write that was sent and read back. All messages are of one type.
type Write struct {
	// Asked holds the values asked for, by preference with the ids that names
	// were resolved to.
	Asked proto.Message
	// Before is the record as it was, or nil for a create.
	Before proto.Message
	// Held is the record as the PSA holds it now.
	Held proto.Message
	// Fields are the fields asked for: top-level names and `custom_fields["<id>"]`.
	Fields []string
	// Unverifiable are those of the fields that cannot be read back.
	Unverifiable []string
	// Defaulted are fields that the connector filled, because what was asked
	// demands them.
	Defaulted []string
	// Unread are the fields that Held or Before does not carry; they are not
	// compared unless asked for.
	Unread []string
	// Refused are those of the fields whose own part of the write failed while
	// the rest was done, and how.
	Refused map[string]error
	// Parts are what was asked for beside the record's fields.
	Parts []Part
	// DurationUnit is what the PSA rounds durations to, in seconds: 36 where it
	// keeps hours with two decimals. 0 where it keeps seconds.
	DurationUnit int
	// Warnings are what a person should know.
	Warnings []string
}

// Part is what a request asks for that is no field of the record, such as the
// comment of a transition. It was done unless one of the last three says otherwise.
type Part struct {
	Field        string
	Asked        string
	Skipped      string // why it was not sent, and what to do
	Err          error  // how it failed
	Unverifiable bool   // the PSA accepted it, and does not tell whether it holds
}

// Differing returns those of the fields that Before does not hold as asked, in
// their order: what is worth sending. What the PSA would round to what it holds
// is not.
func (w Write) Differing() []string {
	var fields []string
	held := w
	held.Held = w.Before
	for _, field := range w.Fields {
		if v, _, _ := held.field(field); !v.held && !v.settled {
			fields = append(fields, field)
		}
	}
	return fields
}

// Of returns the receipt of a write. The caller adds who it is attributed to,
// what is known of mail, and the steps.
func Of(c *call.Call, w Write) *psav1.Receipt {
	r := psav1.Receipt_builder{
		Defaulted:      w.Defaulted,
		VendorRequests: new(int32(c.VendorRequests())),
		Support:        new(psav1.Support_NATIVE),
		Warnings:       slices.Clone(w.Warnings),
	}
	asked := map[string]bool{}
	rounded := 0
	for _, field := range w.Fields {
		asked[field] = true
		v, result, kept := w.field(field)
		err, failed := w.Refused[field]
		switch {
		case slices.Contains(w.Unverifiable, field) && !failed:
			r.Unverifiable = append(r.Unverifiable, field)
		case slices.Contains(w.Unverifiable, field):
			result.ClearHolds() // it is not known
			w.fail(&r, result, err)
		case v.held:
			r.Applied = append(r.Applied, field)
		case failed:
			w.fail(&r, result, err)
		case v.rounded:
			rounded++
			r.Changed = append(r.Changed, result)
		case kept:
			r.Dropped = append(r.Dropped, result)
		default:
			r.Changed = append(r.Changed, result)
		}
	}
	w.parts(&r)
	// What is rounded to the PSA's own measure is told and counts as held.
	held, wrong := len(r.Applied)+rounded, len(r.Changed)+len(r.Dropped)-rounded
	w.others(asked, &r)
	r.Outcome = new(outcome(held, wrong, len(r.Unverifiable)))
	return r.Build()
}

// fail adds a field whose part of the write failed: whether it may have been
// done all the same, or why it was not.
func (w Write) fail(r *psav1.Receipt_builder, result *psav1.FieldResult, err error) {
	e := fault.From(err)
	if mayBeDone(e) {
		r.Unverifiable = append(r.Unverifiable, result.GetField())
		r.Warnings = append(r.Warnings, result.GetField()+" may or may not be written: "+e.Message)
		return
	}
	result.SetReason(e.Message)
	result.SetCode(psav1.DropCode_UNKNOWN)
	if e.Code == fault.CodePermissionDenied {
		result.SetCode(psav1.DropCode_ACL)
	}
	r.Dropped = append(r.Dropped, result)
}

// mayBeDone reports whether a request that failed may have been carried out. The
// outcome that a fault tells is that of the whole call, in which other requests
// were; of a refusal the code tells enough.
func mayBeDone(e *fault.Error) bool {
	switch e.Code {
	case fault.CodeOutcomeUnknown:
		return true
	case fault.CodeDeadlineExceeded, fault.CodeRateLimited:
		return e.Outcome == fault.Unknown
	}
	return false
}

// parts adds what was asked for beside the record's fields.
func (w Write) parts(r *psav1.Receipt_builder) {
	for _, p := range w.Parts {
		result := psav1.FieldResult_builder{Field: &p.Field, Asked: structpb.NewStringValue(p.Asked)}
		switch {
		case p.Err != nil:
			w.fail(r, result.Build(), p.Err)
		case p.Unverifiable:
			r.Unverifiable = append(r.Unverifiable, p.Field)
		case p.Skipped != "":
			result.Reason, result.Code = &p.Skipped, new(psav1.DropCode_LEFT_OUT)
			r.Dropped = append(r.Dropped, result.Build())
		default:
			r.Applied = append(r.Applied, p.Field)
		}
	}
}

// outcome sums a receipt up. What is known not to hold comes first; without it, what
// cannot be read back keeps the whole from being APPLIED, which says that every
// field is held.
func outcome(applied, wrong, unverifiable int) psav1.Receipt_Outcome_V {
	switch {
	case wrong > 0 && applied > 0, wrong > 0 && unverifiable > 0:
		return psav1.Receipt_Outcome_PARTLY_APPLIED
	case wrong > 0:
		return psav1.Receipt_Outcome_NOT_APPLIED
	case unverifiable > 0:
		return psav1.Receipt_Outcome_UNVERIFIED
	}
	return psav1.Receipt_Outcome_APPLIED
}

// field compares one field that was asked for. kept says that the record holds
// what it held before.
func (w Write) field(path string) (v verdict, result *psav1.FieldResult, kept bool) {
	if id, ok := CustomFieldID(path); ok {
		a, h := custom(w.Asked, id), custom(w.Held, id)
		v = compareCustom(a, h)
		kept = w.Before != nil && proto.Equal(h, custom(w.Before, id))
		return v, fieldResult(path, a, h, v, kept), kept
	}
	a, h := value(w.Asked, path), value(w.Held, path)
	fd := w.Asked.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(path))
	if fd == nil {
		return asAsked, nil, false
	}
	v = w.compare(fd, a, h)
	if w.Before != nil {
		b := value(w.Before, path)
		kept = b.IsValid() == h.IsValid() && (!b.IsValid() || b.Equal(h))
	}
	return v, fieldResult(path, jsonValue(fd, a), jsonValue(fd, h), v, kept), kept
}

// others adds what nobody asked for: what a new record was filled with, and what
// changed along with a write.
func (w Write) others(asked map[string]bool, r *psav1.Receipt_builder) {
	fields := w.Held.ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		fd := fields.Get(i)
		name := string(fd.Name())
		if asked[name] || name == customFields || slices.Contains(w.Unread, name) || slices.Contains(w.Defaulted, name) || !writable(fd) {
			continue
		}
		h := value(w.Held, name)
		if w.Before == nil {
			if h.IsValid() {
				r.Defaulted = append(r.Defaulted, name)
			}
			continue
		}
		b := value(w.Before, name)
		if b.IsValid() == h.IsValid() && (!b.IsValid() || b.Equal(h)) {
			continue
		}
		r.Changed = append(r.Changed, psav1.FieldResult_builder{
			Field: &name, Holds: jsonValue(fd, h), Code: new(psav1.DropCode_RULE),
			Reason: new("it changed along with the write, or by somebody else at the same time"),
		}.Build())
	}
}

// Unchanged is the receipt of a write that needed nothing to be sent: Before
// holds all of it already, but for what was not to be written. Of a dry run it tells
// the reads, with paths below root as in DryRun.
func Unchanged(c *call.Call, root string, w Write) *psav1.Receipt {
	w.Held = w.Before
	r := Of(c, w)
	if c.DryRun {
		planned := DryRun(c, root)
		planned.SetDropped(r.GetDropped())
		planned.SetWarnings(r.GetWarnings())
		return planned
	}
	if r.GetOutcome() == psav1.Receipt_Outcome_APPLIED {
		r.SetOutcome(psav1.Receipt_Outcome_UNCHANGED)
	}
	return r
}

// DryRun is the receipt of a dry run: what would be sent and what was read.
// Paths are shown below root, the part that every path of the API begins with.
func DryRun(c *call.Call, root string) *psav1.Receipt {
	return psav1.Receipt_builder{
		Outcome:        new(psav1.Receipt_Outcome_DRY_RUN),
		Support:        new(psav1.Support_NATIVE),
		VendorRequests: new(int32(c.VendorRequests())),
		Planned:        requests(c.Planned(), root),
		Reads:          requests(c.Reads(), root),
	}.Build()
}

// placeholder is what stands in a path for the id that an earlier step will answer,
// `${ticket.id}`, as addresses write it.
var placeholder = regexp.MustCompile(`\$%7B([\w.]+)%7D`)

func requests(list []call.Request, root string) []*psav1.VendorRequest {
	out := make([]*psav1.VendorRequest, len(list))
	for i, q := range list {
		path := "/" + strings.TrimPrefix(strings.TrimPrefix(q.Path, "/"), strings.Trim(root, "/")+"/")
		path = placeholder.ReplaceAllString(path, "$${$1}")
		b := psav1.VendorRequest_builder{Method: &q.Method, Path: &path}
		if len(q.Body) > 0 {
			var v structpb.Value
			if err := v.UnmarshalJSON(q.Body); err == nil {
				b.Body = &v
			} else {
				b.Body = structpb.NewStringValue(string(q.Body))
			}
		}
		out[i] = b.Build()
	}
	return out
}

// CustomFieldID returns the id in `custom_fields["<id>"]`.
func CustomFieldID(path string) (string, bool) {
	quoted, ok := strings.CutPrefix(path, customFields+"[")
	if !ok || !strings.HasSuffix(quoted, "]") {
		return "", false
	}
	id, err := strconv.Unquote(strings.TrimSuffix(quoted, "]"))
	return id, err == nil
}

// SetFields returns the paths of the fields that a message holds, the custom
// fields one by one: what a create asks for.
func SetFields(m proto.Message, without ...string) []string {
	var paths []string
	r := m.ProtoReflect()
	fields := r.Descriptor().Fields()
	for i := range fields.Len() {
		fd := fields.Get(i)
		if !r.Has(fd) || slices.Contains(without, string(fd.Name())) {
			continue
		}
		if fd.Name() != customFields {
			paths = append(paths, string(fd.Name()))
			continue
		}
		for _, id := range sortedKeys(r.Get(fd).Map()) {
			paths = append(paths, customFields+"["+strconv.Quote(id)+"]")
		}
	}
	return paths
}

// writable reports whether callers may write a field.
func writable(fd protoreflect.FieldDescriptor) bool {
	behaviors, _ := proto.GetExtension(fd.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
	for _, b := range behaviors {
		if b == annotations.FieldBehavior_OUTPUT_ONLY || b == annotations.FieldBehavior_INPUT_ONLY {
			return false
		}
	}
	return true
}
