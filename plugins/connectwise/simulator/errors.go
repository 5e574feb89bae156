package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

// apiError is an error answer in the vendor's shape (connectwise.md §3). The
// words are those of recorded answers where there are any; "shape only" marks
// the others.
type apiError struct {
	status int
	header http.Header
	// plain is the whole body of the few errors that are not JSON.
	plain   string
	members []errorMember
}

type errorMember struct {
	name  string
	value any
}

func (e *apiError) Error() string { return fmt.Sprintf("%d: %s", e.status, e.text()) }

// text is the body: the members in their order, indented, CRLF.
func (e *apiError) text() []byte {
	if e.plain != "" || e.members == nil {
		return []byte(e.plain)
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

// indented writes a value as the vendor does: indented, CRLF.
func indented(v any) []byte { return indent(encode(v)) }

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

func newError(status int, code, format string, args ...any) *apiError {
	return &apiError{status: status, members: []errorMember{{"code", code}, {"message", fmt.Sprintf(format, args...)}}}
}

// withNullErrors adds the "errors": null that some answers show.
func (e *apiError) withNullErrors() *apiError {
	e.members = append(e.members, errorMember{"errors", nil})
	return e
}

// detail is one entry of "errors".
type detail struct {
	Code     string `json:"code"`
	Message  string `json:"message"`
	Resource string `json:"resource"`
	Field    string `json:"field"`
}

// invalidObject is the answer to a record that cannot be saved.
func invalidObject(resource string, details ...detail) *apiError {
	for i := range details {
		details[i].Resource = resource
	}
	e := newError(http.StatusBadRequest, "InvalidObject", "%s object is invalid", resource)
	e.members = append(e.members, errorMember{"errors", details})
	return e
}

func requiredField(field string) detail {
	return detail{Code: "MissingRequiredField", Message: fmt.Sprintf("The %s field is required.", field), Field: field}
}

func notFoundDetail(message, field string) detail {
	return detail{Code: "NotFound", Message: message, Field: field}
}

func invalidField(field, format string, args ...any) detail {
	return detail{Code: "InvalidField", Message: fmt.Sprintf(format, args...), Field: field}
}

func notFound(label string, id any) *apiError {
	return newError(http.StatusNotFound, "NotFound", "%s %v not found", label, id)
}

func unknownPath() *apiError {
	return newError(http.StatusNotFound, "ConnectWiseApi", "The endpoint does not exist.")
}

// methodNotAllowed: shape only.
func methodNotAllowed(method string) *apiError {
	return newError(http.StatusMethodNotAllowed, "ConnectWiseApi", "The requested resource does not support http method '%s'.", method)
}

func cannotRoute() *apiError {
	return &apiError{
		status: http.StatusBadRequest,
		header: http.Header{"Content-Type": {"text/plain"}},
		plain:  "Cannot route. Codebase/company is invalid",
	}
}

func sslRequired() *apiError {
	return newError(http.StatusBadRequest, "Security", "SSL is required.").withNullErrors()
}

func badCredentials() *apiError {
	return newError(http.StatusUnauthorized, "Unauthorized", "Unable to authenticate")
}

func notAuthenticated() *apiError {
	return newError(http.StatusUnauthorized, "ConnectWiseApi", "UserNotAuthenticated")
}

func forbidden() *apiError {
	return newError(http.StatusForbidden, "Security", "You do not have security permission to perform this action.")
}

func unsupportedVersion(uri string) *apiError {
	return newError(http.StatusBadRequest, "ConnectWiseApi",
		"The HTTP resource that matches the request URI '%s' does not support the API version '0.0'.", uri)
}

// tooManyRequests has "error" where the others have "code" (connectwise.md §3).
func tooManyRequests(seconds int) *apiError {
	return &apiError{
		status: http.StatusTooManyRequests,
		header: http.Header{"Retry-After": {fmt.Sprint(seconds)}},
		members: []errorMember{
			{"error", "ConnectWiseAPI"},
			{"message", fmt.Sprintf("Too many requests. Please try again in %d seconds.", seconds)},
		},
	}
}

func badConditions(err error) *apiError {
	return newError(http.StatusBadRequest, "ApiFindCondition", "%s", err.Error())
}

// badParameter: shape only.
func badParameter(name, value string) *apiError {
	return newError(http.StatusBadRequest, "ConnectWiseApi", "The value '%s' is not valid for %s.", value, name)
}

// statusErrors are the vendor's words for a status that is forced by a fault.
var statusErrors = map[int]*apiError{
	http.StatusUnauthorized:    badCredentials(),
	http.StatusForbidden:       forbidden(),
	http.StatusNotFound:        unknownPath(),
	http.StatusTooManyRequests: tooManyRequests(30),
	http.StatusInternalServerError: newError(http.StatusInternalServerError, "ConnectWiseApi",
		"A timeout has occured. Please try again."), // the misspelling is the vendor's
}
