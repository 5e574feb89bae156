// Package raw passes calls on to ConnectWise's own API, within limits that hold
// whatever the account may do.
package raw

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mail"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

var _ psav1.RawCallerServer = (*Service)(nil)

// Operations says how raw calls are served.
var Operations = []pluginsdk.OperationSupport{
	{Operation: "raw.read", Reason: "GET, POST .../search and POST /system/bundles; tables with logins and secrets are refused"},
	{Operation: "raw.write", Reason: "tables with logins and secrets are refused, and those that say who may do what; nothing is read back"},
	{Operation: "raw.delete", Reason: "tables with logins and secrets are refused, and those that say who may do what"},
}

// Service makes the raw calls of one account.
type Service struct{ account *account.Account }

// New returns the service of an account.
func New(a *account.Account) *Service { return &Service{account: a} }

// asked is what the requests of the three calls have in common.
type asked interface {
	GetMethod() string
	GetPath() string
	GetQuery() map[string]string
	GetHeaders() map[string]string
	HasJson() bool
	GetJson() *structpb.Value
}

// RawRead makes a call that only reads.
func (s *Service) RawRead(ctx context.Context, r *psav1.RawReadRequest) (*psav1.RawReadResponse, error) {
	req, err := prepare(r, http.MethodGet, http.MethodPost)
	if err != nil {
		return nil, err
	}
	resp, err := s.account.API.Do(ctx, req)
	if err != nil {
		return nil, callersMistake(err)
	}
	body, err := read(resp)
	if err != nil {
		return nil, err
	}
	return psav1.RawReadResponse_builder{
		Status: new(int32(resp.Status)), Headers: told(resp.Header), Vendor: body.vendor, Text: body.text,
	}.Build(), nil
}

// RawWrite makes a call that writes. What it wrote is not read back: only the
// caller knows what to look for.
func (s *Service) RawWrite(ctx context.Context, r *psav1.RawWriteRequest) (*psav1.RawWriteResponse, error) {
	req, err := prepareWrite(r, r.GetOptions(), http.MethodPost, http.MethodPut, http.MethodPatch)
	if err != nil {
		return nil, err
	}
	names, err := s.account.Names(ctx)
	if err != nil {
		return nil, err
	}
	resp, err := s.account.API.Do(ctx, req)
	switch {
	case errors.Is(err, vendorhttp.ErrDryRun):
		return psav1.RawWriteResponse_builder{Receipt: receipt.DryRun(call.From(ctx), s.account.API.Root())}.Build(), nil
	case err != nil:
		return nil, callersMistake(err)
	}
	out := psav1.Receipt_builder{
		Outcome: new(psav1.Receipt_Outcome_UNVERIFIED), Support: new(psav1.Support_NATIVE), VendorRequests: new(int32(call.From(ctx).VendorRequests())),
	}.Build()
	body := accept(resp, out)
	account.Attribute(out, body.updatedBy(), names)
	return psav1.RawWriteResponse_builder{
		Status: new(int32(resp.Status)), Headers: told(resp.Header), Vendor: body.vendor, Text: body.text, Receipt: out,
	}.Build(), nil
}

// RawDelete makes a call that deletes, and reads the same path again.
func (s *Service) RawDelete(ctx context.Context, r *psav1.RawDeleteRequest) (*psav1.RawDeleteResponse, error) {
	req, err := prepareWrite(r, r.GetOptions(), http.MethodDelete)
	if err != nil {
		return nil, err
	}
	resp, err := s.account.API.Do(ctx, req)
	switch {
	case errors.Is(err, vendorhttp.ErrDryRun):
		out := receipt.DryRun(call.From(ctx), s.account.API.Root())
		out.SetAttributedTo(account.Keyholder())
		return psav1.RawDeleteResponse_builder{Receipt: out}.Build(), nil
	case err != nil:
		return nil, callersMistake(err)
	}
	_, look := s.account.API.Do(ctx, vendorhttp.Request{Name: "look whether it is gone", Path: req.Path, Opaque: true})
	out := receipt.Deleted(call.From(ctx), account.Keyholder(), look)
	body := accept(resp, out)
	return psav1.RawDeleteResponse_builder{
		Status: new(int32(resp.Status)), Headers: told(resp.Header), Vendor: body.vendor, Text: body.text, Receipt: out,
	}.Build(), nil
}

// prepareWrite judges a call that writes.
func prepareWrite(r asked, options *psav1.WriteOptions, methods ...string) (vendorhttp.Request, error) {
	if options.HasIfMatch() {
		return vendorhttp.Request{}, fault.InvalidArgument("options.if_match", "what a raw call writes has no etag; compare _info.lastUpdated yourself")
	}
	return prepare(r, methods...)
}

// prepare judges a call and returns the request to send.
func prepare(r asked, methods ...string) (vendorhttp.Request, error) {
	if !slices.Contains(methods, r.GetMethod()) {
		return vendorhttp.Request{}, fault.InvalidArgument("method", "this call takes another method", methods...)
	}
	path, err := checkPath(r.GetPath())
	if err != nil {
		return vendorhttp.Request{}, err
	}
	header, err := checkHeaders(r.GetHeaders())
	if err != nil {
		return vendorhttp.Request{}, err
	}
	reading := slices.Contains(methods, http.MethodGet)
	switch {
	case reading && !path.reads(r.GetMethod()):
		return vendorhttp.Request{}, fault.InvalidArgument("path", "a POST here can write: ConnectWise reads by POST at .../search and /system/bundles alone; use raw.write")
	case r.HasJson() && r.GetMethod() == http.MethodGet:
		return vendorhttp.Request{}, fault.InvalidArgument("json", "a GET has no body")
	}
	if err := checkTable(path, !reading, r.GetJson()); err != nil {
		return vendorhttp.Request{}, err
	}
	req := vendorhttp.Request{
		Name: "raw call", Method: r.GetMethod(), Path: path.path, Query: url.Values{}, Header: header,
		Safe: reading, Opaque: true,
	}
	for name, value := range r.GetQuery() {
		req.Query.Set(name, value)
	}
	if r.HasJson() {
		if req.JSON = r.GetJson().AsInterface(); req.JSON == nil {
			req.Body = []byte("null")
		}
	}
	return req, nil
}

// accept reads the answer of a write that is done. What cannot be read of it is no
// failure any more.
func accept(resp *vendorhttp.Response, out *psav1.Receipt) answer {
	body, err := read(resp)
	if err != nil {
		out.SetWarnings(append(out.GetWarnings(), "ConnectWise answered success, and the answer cannot be shown: "+fault.From(err).Message))
	}
	if !out.HasNotification() {
		out.SetNotification(psav1.Notification_builder{
			Requested: new(mail.ByDefault), Expected: new(mail.Unknown), Observed: new(mail.Unknown),
			Evidence: new("ConnectWise mails by what was written and by its own rules, and does not tell"),
		}.Build())
	}
	return body
}
