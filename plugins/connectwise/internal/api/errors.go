package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// errMisrouted says that the server did not know the code base of the path: it
// moves with every upgrade (connectwise.md §1).
var errMisrouted = errors.New("api: misrouted")

// Reasons of faults that an admin has to act on.
const (
	ReasonVersionRefused = "VERSION_REFUSED"
	ReasonWrongAddress   = "WRONG_ADDRESS"
)

// errorBody is the vendor's error (connectwise.md §3). A 429 has `error` in
// place of `code`.
type errorBody struct {
	Code    string `json:"code"`
	Error   string `json:"error"`
	Message string `json:"message"`
	Errors  []struct {
		Code     string `json:"code"`
		Message  string `json:"message"`
		Resource string `json:"resource"`
		Field    string `json:"field"`
	} `json:"errors"`
}

var (
	versionRefused = regexp.MustCompile(`does not support the API version`)
	otherBoard     = regexp.MustCompile(`^Service Status .* not found for Service Board`)
	badConversion  = regexp.MustCompile(`^(Error converting value|Unexpected character encountered|Could not find member)`)
)

// decodeError translates an error body (mapping of the vendor facts §3 to the
// neutral codes). It returns nil for what is not the vendor's JSON.
func decodeError(status int, _ http.Header, body []byte) *fault.Error {
	if strings.Contains(string(body[:min(len(body), 500)]), "Cannot route") {
		return fault.VendorError("ConnectWise could not route the request: the company id or the code base is wrong").
			WithVendor(status, "", strings.TrimSpace(string(body))).WithCause(errMisrouted)
	}
	var b errorBody
	if err := json.Unmarshal(body, &b); err != nil || b.Code == "" && b.Error == "" && b.Message == "" {
		if status == http.StatusNotFound {
			return fault.VendorError("ConnectWise has no such page").WithVendor(status, "", "").WithCause(errMisrouted)
		}
		return nil
	}
	code := b.Code
	if code == "" {
		code = b.Error
	}
	if words(b) == "" {
		b.Message = "ConnectWise says no more than " + code
	}
	return translate(status, code, b).WithVendor(status, code, words(b))
}

func translate(status int, code string, b errorBody) *fault.Error {
	switch {
	case status == http.StatusUnauthorized:
		return fault.LoginRefused("ConnectWise refused the login (" + b.Message + "): check public_key, private_key and client_id")
	case code == "Security" && strings.Contains(b.Message, "SSL is required"):
		e := fault.ConnectionDown("ConnectWise wants another address (" + b.Message + "): site must be the https address of the API, such as https://api-na.myconnectwise.net")
		e.Reason = ReasonWrongAddress
		return e
	case status == http.StatusForbidden:
		return fault.PermissionDenied("ConnectWise does not allow this to the API member: " + b.Message)
	case status == http.StatusTooManyRequests:
		return fault.RateLimited(0, "ConnectWise limits the requests: "+b.Message)
	case status == http.StatusNotFound && code == "NotFound":
		return fault.NotFound(words(b))
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		return fault.VendorError("ConnectWise has no such endpoint: " + b.Message).WithCause(errMisrouted)
	case versionRefused.MatchString(b.Message):
		e := fault.ConnectionDown("ConnectWise does not serve this version of its API any more: set version in the connection")
		e.Reason = ReasonVersionRefused
		return e
	case badConversion.MatchString(b.Message):
		// The server did not get as far as writing anything, whatever the status.
		return fault.New(fault.CodeInternal, "the connector sent what ConnectWise cannot read: "+b.Message)
	case status == http.StatusConflict:
		return fault.FailedPrecondition("IN_USE", words(b))
	case status == http.StatusBadRequest:
		return badRequest(code, b)
	}
	return fault.VendorError(words(b))
}

func badRequest(code string, b errorBody) *fault.Error {
	switch code {
	case "TimeEntryApi":
		return fault.FailedPrecondition("RULE", words(b))
	case "ApiFindCondition", "ConnectWiseApi":
		return fault.VendorError("ConnectWise did not understand the connector: " + b.Message)
	case "UnsupportedFormat":
		return fault.InvalidArgument("", words(b))
	}
	var violations []fault.Violation
	for _, inner := range b.Errors {
		switch {
		case inner.Code == "ObjectExists":
			return fault.Conflict(words(b))
		case otherBoard.MatchString(inner.Message):
			return fault.FailedPrecondition("STATUS_OF_ANOTHER_QUEUE", inner.Message)
		}
		violations = append(violations, fault.Violation{Field: neutralFieldOf(inner.Resource, inner.Field), Message: inner.Message})
	}
	if len(violations) == 0 {
		return fault.FailedPrecondition("RULE", words(b))
	}
	e := fault.Invalid(violations...)
	e.Message = words(b)
	return e
}

// words is what the vendor says, inner errors included.
func words(b errorBody) string {
	text := b.Message
	for _, inner := range b.Errors {
		if inner.Message != "" && !strings.Contains(text, inner.Message) {
			text = fmt.Sprintf("%s: %s", text, inner.Message)
		}
	}
	return text
}

// neutralFields says where a member of a record lives in the neutral model.
var neutralFields = map[string]string{
	"summary": "title", "board": "queue", "subtype": "subtype", "requireddate": "due_at",
	"budgethours": "estimated_seconds", "externalxref": "external_id", "initialdescription": "description",
	"automaticemailcc": "watchers", "customfields": "custom_fields", "severity": "urgency",
	"worktype": "work_type", "parentticketid": "parent", "text": "body", "company": "company",
	"status": "status", "type": "type", "item": "item", "priority": "priority", "owner": "owner",
	"contact": "contact", "contactemailaddress": "contact", "contactname": "contact", "site": "site",
	"timestart": "started_at", "timeend": "ended_at", "actualhours": "duration_seconds", "hoursdeduct": "deduct_seconds",
	"billableoption": "billing", "notes": "summary", "internalnotes": "internal_notes", "workrole": "work_role",
	"chargetoid": "ticket", "chargetotype": "ticket",
	"source": "source", "impact": "impact", "agreement": "agreement", "member": "author",
	"name": "name", "firstname": "first_name", "lastname": "last_name", "title": "title", "inactiveflag": "active",
	"activeflag": "active", "deviceidentifier": "external_id", "serialnumber": "serial_number", "tagnumber": "tag",
	"modelnumber": "model", "ipaddress": "ip_address", "macaddress": "mac_address", "ostype": "os",
	"warrantyexpirationdate": "warranty_until", "installationdate": "installed_on", "parentconfigurationid": "parent",
	"manufacturer": "manufacturer", "questions": "custom_fields",
	// An address or a number: which of them, the vendor does not say.
	"communicationitems": "",
}

// memberName is what the members of records are named like.
var memberName = regexp.MustCompile(`^\w+$`)

// NeutralField returns the neutral path of a vendor field such as "company/id".
// A field without a neutral place is the builtin custom field of its name.
func NeutralField(field string) string {
	member, _, _ := strings.Cut(strings.TrimPrefix(field, "/"), "/")
	if !memberName.MatchString(member) {
		return ""
	}
	if neutral, ok := neutralFields[strings.ToLower(member)]; ok {
		return neutral
	}
	return "custom_fields[\"vendor." + member + "\"]"
}

// neutralFieldsOf says where members live whose place hangs on the resource, as
// errors name it.
var neutralFieldsOf = map[string]map[string]string{
	"schedule": {
		"objectid": "ticket", "type": "ticket", "member": "technician", "datestart": "start", "dateend": "end",
		"doneflag": "state", "notifyresource": "notify_technician",
	},
}

// neutralFieldOf returns the neutral path of a field of a resource.
func neutralFieldOf(resource, field string) string {
	member, _, _ := strings.Cut(strings.TrimPrefix(field, "/"), "/")
	if neutral, ok := neutralFieldsOf[strings.ToLower(resource)][strings.ToLower(member)]; ok {
		return neutral
	}
	return NeutralField(field)
}

// IsMisrouted reports whether the server did not know the company or the code
// base.
func IsMisrouted(err error) bool { return errors.Is(err, errMisrouted) }
