package suite

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// TestErrorTextHoldsAll looks for a secret in every part of an error.
func TestErrorTextHoldsAll(t *testing.T) {
	t.Parallel()
	const secret = `pa"ss\word`
	for name, f := range map[string]*fault.Error{
		"message":      fault.VendorError("no " + secret),
		"vendor":       fault.VendorError("no").WithVendor(500, "", "echo "+secret),
		"violation":    fault.InvalidArgument("key", "is "+secret),
		"allowed":      fault.InvalidArgument("key", "is wrong", secret),
		"confirmation": fault.ConfirmationRequired("sure?", fault.Confirmation{Code: "x", Text: secret}),
	} {
		if !strings.Contains(ErrorText(fault.ToStatus(f).Err()), secret) {
			t.Errorf("a secret in the %s of an error is not seen", name)
		}
	}
	unknown := status.New(codes.Internal, "x").Proto()
	unknown.Details = append(unknown.Details, &anypb.Any{TypeUrl: "type.example/nobody.Knows", Value: []byte("..." + secret)})
	if !strings.Contains(ErrorText(status.FromProto(unknown).Err()), secret) {
		t.Error("a secret in a detail of an unknown type is not seen")
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	ticket := psav1.Ticket_builder{
		Title: new("title"), Vendor: []byte("vendor"), Company: psav1.Reference_builder{Name: new("company")}.Build(),
		Watchers:     []*psav1.Party{psav1.Party_builder{Email: new("watcher")}.Build()},
		CustomFields: map[string]*structpb.Value{"field": structpb.NewStringValue("value")},
	}.Build()
	texts := Texts(ticket)
	for _, want := range []string{"title", "vendor", "company", "watcher", "value"} {
		if !slices.Contains(texts, want) {
			t.Errorf("%q is not among %q", want, texts)
		}
	}
}

func TestCosts(t *testing.T) {
	t.Parallel()
	for want, values := range map[Cost][]string{3: {"3"}, 0: {"0"}, Untold: nil} {
		md := metadata.MD{}
		md.Append("deskgate-vendor-requests", values...)
		if got := CostOf(md); got != want {
			t.Errorf("%v is %d", values, got)
		}
	}
	for _, odd := range [][]string{{"many"}, {"-1"}, {"1", "2"}} {
		md := metadata.MD{"deskgate-vendor-requests": odd}
		if got := CostOf(md); got != Untold {
			t.Errorf("%v is %d", odd, got)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"no error":               nil,
		"not_found: no ticket 7": fault.ToStatus(fault.NotFound("no ticket 7")).Err(),
		"the bare status Unimplemented: unknown service": status.Error(codes.Unimplemented, "unknown service"),
		"the time ran out":             status.Error(codes.DeadlineExceeded, "context deadline exceeded"),
		"the bare status Unknown: odd": errors.New("odd"),
	} {
		if got := Words(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
