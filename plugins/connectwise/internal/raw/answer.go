package raw

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// answer is the body of an answer: untouched where it is JSON, or another text.
type answer struct {
	vendor []byte
	text   *string
}

// read tells what the body of an answer is.
func read(resp *vendorhttp.Response) (answer, error) {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	body := bytes.TrimSpace(resp.Body)
	switch {
	case len(body) == 0:
		return answer{}, nil
	case json.Valid(body):
		return answer{vendor: resp.Body}, nil
	case strings.HasSuffix(kind, "json"):
		return answer{}, fault.VendorError("ConnectWise answered something that is not whole JSON").WithVendor(resp.Status, "", "")
	case strings.HasSuffix(kind, "html"), strings.HasPrefix(http.DetectContentType(body), "text/html"):
		return answer{}, fault.VendorError("a web page answered in place of ConnectWise's API").WithVendor(resp.Status, "", "")
	case utf8.Valid(resp.Body) && !slices.Contains(resp.Body, 0):
		return answer{text: new(string(resp.Body))}, nil
	}
	return answer{}, fault.NotSupported(fmt.Sprintf("ConnectWise answered %d bytes of %s, and raw calls answer JSON and text; files of tickets are read with attachments.download", len(resp.Body), kind))
}

// updatedBy is the login that a record names as its last writer, or "".
func (a answer) updatedBy() string {
	var record struct {
		Info api.Info `json:"_info"`
	}
	if json.Unmarshal(a.vendor, &record) != nil {
		return ""
	}
	return record.Info.UpdatedBy
}

// callersMistake turns what would be the connector's own mistake into that of the
// caller, who wrote the request, and names no fields of the neutral model, which
// the caller did not use.
func callersMistake(err error) error {
	e := *fault.From(err)
	if e.Vendor == nil {
		return err
	}
	switch {
	case api.IsMisrouted(err) && (e.Vendor.Status == http.StatusNotFound || e.Vendor.Status == http.StatusMethodNotAllowed):
		e.Code, e.Message = fault.CodeNotFound, "ConnectWise has no such path, or not with this method: "+e.Vendor.Message
	case e.Code == fault.CodeInternal, e.Code == fault.CodeVendorError && e.Vendor.Status == http.StatusBadRequest && !api.IsMisrouted(err):
		e.Code, e.Message = fault.CodeInvalidArgument, e.Vendor.Message
	}
	if e.Code == fault.CodeInvalidArgument {
		e.Violations = nil
	}
	return &e
}
