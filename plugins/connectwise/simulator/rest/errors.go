package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/body"
)

// Error is an error answer in the vendor's shape (connectwise.md §3). The
// words are those of recorded answers where there are any; "shape only" marks
// the others.
type Error struct {
	Status int
	Header http.Header
	// plain is the whole body of the few errors that are not JSON.
	plain   string
	members []errorMember
}

type errorMember struct {
	name  string
	value any
}

func (e *Error) Error() string { return fmt.Sprintf("%d: %s", e.Status, e.Text()) }

// Text is the body: the members in their order, indented, CRLF.
func (e *Error) Text() []byte {
	switch {
	case e.plain != "":
		return []byte(e.plain)
	case e.members == nil:
		return nil
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range e.members {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", m.name)
		b.Write(encode(m.value))
	}
	b.WriteByte('}')
	return indent(b.Bytes())
}

// Indented writes a value as the vendor does: indented, CRLF.
func Indented(v any) []byte { return indent(encode(v)) }

func indent(b []byte) []byte {
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		panic("simulator: a body that is not JSON: " + err.Error())
	}
	return bytes.ReplaceAll(out.Bytes(), []byte("\n"), []byte("\r\n"))
}

func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("simulator: " + err.Error())
	}
	return bytes.TrimSpace(b.Bytes())
}

// NewError is an error without details.
func NewError(status int, code, format string, args ...any) *Error {
	return &Error{Status: status, members: []errorMember{{"code", code}, {"message", fmt.Sprintf(format, args...)}}}
}

// withNullErrors adds the "errors": null that some answers show.
func (e *Error) withNullErrors() *Error {
	e.members = append(e.members, errorMember{"errors", nil})
	return e
}

// Detail is one entry of "errors".
type Detail struct {
	Code     string `json:"code"`
	Message  string `json:"message"`
	Resource string `json:"resource"`
	Field    string `json:"field"`
}

// InvalidObject is the answer to a record that cannot be saved.
func InvalidObject(resource string, details ...Detail) *Error {
	for i := range details {
		details[i].Resource = resource
	}
	e := NewError(http.StatusBadRequest, "InvalidObject", "%s object is invalid", resource)
	e.members = append(e.members, errorMember{"errors", details})
	return e
}

// RequiredField is the detail of a member that is missing.
func RequiredField(field string) Detail {
	return Detail{Code: "MissingRequiredField", Message: fmt.Sprintf("The %s field is required.", field), Field: field}
}

// NotFoundDetail is the detail of a reference to nothing.
func NotFoundDetail(message, field string) Detail {
	return Detail{Code: "NotFound", Message: message, Field: field}
}

// InvalidField is the detail of a value that is not taken.
func InvalidField(field, format string, args ...any) Detail {
	return Detail{Code: "InvalidField", Message: fmt.Sprintf(format, args...), Field: field}
}

// NotFound is the answer to the id of no record.
func NotFound(label string, id any) *Error {
	return NewError(http.StatusNotFound, "NotFound", "%s %v not found", label, id)
}

// UnknownPath is the answer to a path that is none.
func UnknownPath() *Error {
	return NewError(http.StatusNotFound, "ConnectWiseApi", "The endpoint does not exist.")
}

// BodyError refuses a body that package body could not read.
func BodyError(err error) *Error {
	var refused *body.Error
	if !errors.As(err, &refused) {
		panic("simulator: " + err.Error())
	}
	e := NewError(refused.Status, refused.Code, "%s", refused.Message)
	if refused.NullErrors {
		e = e.withNullErrors()
	}
	return e
}

// Bare is an error without a body.
func Bare(status int) *Error { return &Error{Status: status} }

// Conflict refuses what the record's state does not allow: shape only (connectwise.md §18).
func Conflict(format string, args ...any) *Error {
	return NewError(http.StatusConflict, "Conflict", format, args...)
}

// methodNotAllowed: shape only.
func methodNotAllowed(method string) *Error {
	return NewError(http.StatusMethodNotAllowed, "ConnectWiseApi", "The requested resource does not support http method '%s'.", method)
}

func cannotRoute() *Error {
	return &Error{
		Status: http.StatusBadRequest,
		Header: http.Header{"Content-Type": {"text/plain"}},
		plain:  "Cannot route. Codebase/company is invalid",
	}
}

func sslRequired() *Error {
	return NewError(http.StatusBadRequest, "Security", "SSL is required.").withNullErrors()
}

func badCredentials() *Error {
	return NewError(http.StatusUnauthorized, "Unauthorized", "Unable to authenticate")
}

func notAuthenticated() *Error {
	return NewError(http.StatusUnauthorized, "ConnectWiseApi", "UserNotAuthenticated")
}

// Forbidden is the answer to a caller without the right.
func Forbidden() *Error {
	return NewError(http.StatusForbidden, "Security", "You do not have security permission to perform this action.")
}

func unsupportedVersion(uri string) *Error {
	return NewError(http.StatusBadRequest, "ConnectWiseApi",
		"The HTTP resource that matches the request URI '%s' does not support the API version '0.0'.", uri)
}

// tooManyRequests has "error" where the others have "code" (connectwise.md §3).
func tooManyRequests(seconds int) *Error {
	return &Error{
		Status: http.StatusTooManyRequests,
		Header: http.Header{"Retry-After": {fmt.Sprint(seconds)}},
		members: []errorMember{
			{"error", "ConnectWiseAPI"},
			{"message", fmt.Sprintf("Too many requests. Please try again in %d seconds.", seconds)},
		},
	}
}

func badConditions(err error) *Error {
	return NewError(http.StatusBadRequest, "ApiFindCondition", "%s", err.Error())
}

// BadParameter refuses a query parameter. Shape only.
func BadParameter(name, value string) *Error {
	return NewError(http.StatusBadRequest, "ConnectWiseApi", "The value '%s' is not valid for %s.", value, name)
}

// statusErrors are the vendor's words for a status that is forced by a fault.
var statusErrors = map[int]*Error{
	http.StatusUnauthorized:    badCredentials(),
	http.StatusForbidden:       Forbidden(),
	http.StatusNotFound:        UnknownPath(),
	http.StatusTooManyRequests: tooManyRequests(30),
	http.StatusInternalServerError: NewError(http.StatusInternalServerError, "ConnectWiseApi",
		"A timeout has occured. Please try again."), // the misspelling is the vendor's
}

// ErrorAnswer is the vendor's own answer for a status; false when its words
// are not known.
func ErrorAnswer(status int) (Answer, bool) {
	e, ok := statusErrors[status]
	if !ok {
		return Answer{}, false
	}
	header := http.Header{"Content-Type": {contentType(currentVersion)}}
	maps.Copy(header, e.Header)
	return Answer{Status: status, Header: header, Body: e.Text()}, true
}
