package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// observed is an error that the vendor was seen to answer.
type observed struct {
	HTTP        int
	When        string
	Body        json.RawMessage
	ContentType string
	Headers     map[string]string
}

func observedErrors(t *testing.T) []observed {
	t.Helper()
	b, err := os.ReadFile("../../testdata/vendor/errors-observed.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Errors []observed }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	return file.Errors
}

// wanted is what each observed error means for a read. What is not listed is a
// mistake of the connector's own, and no caller can do anything about it.
var wanted = map[string]fault.Code{
	"POST/PUT contact without firstName":                                                 fault.CodeInvalidArgument,
	"POST callback with malformed url":                                                   fault.CodeInvalidArgument,
	"POST callback with a level that does not belong to the type":                        fault.CodeInvalidArgument,
	"POST callback identical to an existing one":                                         fault.CodeConflict,
	"POST note with none of the three display flags":                                     fault.CodeInvalidArgument,
	"ticket create/update with unknown company id":                                       fault.CodeInvalidArgument,
	"ticket update with a status that is not on the ticket's board":                      fault.CodeFailedPrecondition,
	"POST schedule entry for a service ticket with the wrong type (e.g. sales activity)": fault.CodeInvalidArgument,
	"POST ticket configuration link without id and deviceIdentifier":                     fault.CodeInvalidArgument,
	"POST time entry without timeStart":                                                  fault.CodeInvalidArgument,
	"time entry timestamps with milliseconds":                                            fault.CodeInvalidArgument,
	"time entry on a ticket whose status forbids time":                                   fault.CodeFailedPrecondition,
	"unknown member in a POST/PUT body":                                                  fault.CodeInternal,
	"conditions names an unknown field":                                                  fault.CodeVendorError,
	"conditions names an array member (must be childConditions)":                         fault.CodeVendorError,
	"conditions compares an enum with an unknown value":                                  fault.CodeVendorError,
	"unsupported version in Accept":                                                      fault.CodeConnectionDown,
	"unknown codebase or company in the URL/credentials, or apis path doubled":           fault.CodeVendorError,
	"cloud UI host used in place of the api- host or plain http":                         fault.CodeConnectionDown,
	"bad credentials or missing clientId":                                                fault.CodeConnectionDown,
	"no credentials at all / expired member token":                                       fault.CodeConnectionDown,
	"security role lacks the permission; also time entry charged to an API-only member":  fault.CodePermissionDenied,
	"ticket id unknown":                        fault.CodeNotFound,
	"note id unknown":                          fault.CodeNotFound,
	"company id unknown":                       fault.CodeNotFound,
	"contact id unknown":                       fault.CodeNotFound,
	"path unknown":                             fault.CodeVendorError,
	"JSON body sent to POST /system/documents": fault.CodeVendorError,
	"rate limit":                               fault.CodeRateLimited,
	"database timeout":                         fault.CodeVendorError,
	"connection pool exhausted":                fault.CodeVendorError,
	"wrong JSON type for a member":             fault.CodeInternal,
	"merge with objects rather than integers in mergeTicketIds": fault.CodeInternal,
}

func TestObservedErrors(t *testing.T) {
	t.Parallel()
	for _, o := range observedErrors(t) {
		t.Run(o.When, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for name, value := range o.Headers {
					w.Header().Set(name, value)
				}
				body := []byte(o.Body)
				var text string
				if json.Unmarshal(o.Body, &text) == nil && o.ContentType != "" {
					w.Header().Set("Content-Type", o.ContentType)
					body = []byte(text)
				}
				w.WriteHeader(o.HTTP)
				_, _ = w.Write(body)
			}))
			t.Cleanup(srv.Close)
			c, err := api.New(api.Options{Site: srv.URL, Company: "c", PublicKey: "public", PrivateKey: "private", ClientID: "client", RateLimit: "off"})
			if err != nil {
				t.Fatal(err)
			}
			// A write, because it is tried once; with less time than the Retry-After,
			// because that is waited for.
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			err = c.Patch(ctx, "test", "service/tickets/1", []api.Op{api.Replace("summary", "x")}, nil)
			e := fault.From(err)
			want := wanted[o.When]
			if o.HTTP >= 500 && want == fault.CodeVendorError {
				want = fault.CodeOutcomeUnknown // a time-out: it may have been written
			}
			if o.HTTP == http.StatusTooManyRequests {
				if e.RetryAfter.Seconds() != 30 {
					t.Errorf("retry after %s", e.RetryAfter)
				}
			}
			if e == nil || e.Code != want {
				t.Fatalf("got %v, want %s", err, want)
			}
			if e.Vendor == nil || e.Vendor.Status != o.HTTP {
				t.Errorf("vendor %+v", e.Vendor)
			}
			if e.Code == fault.CodeInvalidArgument && len(e.Violations) == 0 {
				t.Error("no violation")
			}
		})
	}
}

// The place of a member hangs on the resource that an error is about.
func TestViolationsOfAResource(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"resource":"schedule","field":"objectId"}`:  "ticket",
		`{"resource":"Schedule","field":"member/id"}`: "technician",
		`{"resource":"schedule","field":"dateEnd"}`:   "end",
		`{"resource":"schedule","field":"status"}`:    "status",
		`{"resource":"ticket","field":"member"}`:      "author",
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"code":"InvalidObject","message":"it is invalid","errors":[` + body + `]}`))
		}))
		t.Cleanup(srv.Close)
		c, err := api.New(api.Options{Site: srv.URL, Company: "c", PublicKey: "public", PrivateKey: "private", ClientID: "client", RateLimit: "off"})
		if err != nil {
			t.Fatal(err)
		}
		e := fault.From(c.Patch(t.Context(), "test", "schedule/entries/1", []api.Op{api.Replace("x", 1)}, nil))
		if e == nil || len(e.Violations) != 1 || e.Violations[0].Field != want {
			t.Errorf("%s: %+v", body, e)
		}
	}
}
