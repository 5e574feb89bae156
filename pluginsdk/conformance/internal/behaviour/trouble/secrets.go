package trouble

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// secrets are the checks that credentials are held to, and never told. What a
// check has heard and what was logged meanwhile is looked through at its end.
func secrets() []suite.Check {
	needs := []string{simulated.Requests, simulated.Faults}
	return []suite.Check{{
		Name: "secrets/wrong", About: "Wrong credentials are refused as such, by one or two logins, and neither they nor the right ones are told.",
		Operations: []string{"tickets.list"}, Needs: []string{simulated.Requests},
		Run: wrongSecrets,
	}, {
		Name: "secrets/echoed", About: "What the PSA answers is not passed on with the connection's secrets in it.",
		Operations: []string{"tickets.list"}, Needs: needs,
		Run: echoedSecrets,
	}, {
		Name: "secrets/answers", About: "No answer to a read holds a secret of the connection, the PSA's own record included.",
		Operations: []string{"tickets.list"},
		Run:        secretsInAnswers,
	}, {
		Name: "secrets/dry_run", About: "The requests that a dry run shows hold no secret.",
		Operations: []string{"tickets.list", "tickets.create"}, Writes: true,
		Run: secretsInDryRuns,
	}}
}

// secretPaths are the attributes of a schema that are secret, by their path.
func secretPaths(schema *connectorv1.Schema, above ...string) [][]string {
	var paths [][]string
	for _, a := range schema.GetAttributes() {
		if a.GetSecret() {
			paths = append(paths, append(slices.Clone(above), a.GetName()))
		}
	}
	for _, b := range schema.GetBlocks() {
		paths = append(paths, secretPaths(b.GetSchema(), append(slices.Clone(above), b.GetName())...)...)
	}
	return paths
}

// withText is a configuration with another text at a path; ok is false where there
// is no text to replace.
func withText(config []byte, path []string, value string) (changed []byte, ok bool) {
	var object map[string]any
	if json.Unmarshal(config, &object) != nil {
		return nil, false
	}
	at := object
	for _, name := range path[:len(path)-1] {
		if at, ok = at[name].(map[string]any); !ok {
			return nil, false
		}
	}
	if held, ok := at[path[len(path)-1]].(string); !ok || held == "" {
		return nil, false
	}
	at[path[len(path)-1]] = value
	changed, err := json.Marshal(object)
	return changed, err == nil
}

// wrong is the name of a connection that is not to work.
const wrong = "conformance-wrong"

func wrongSecrets(t *suite.T) {
	paths := secretPaths(t.Subject.Description.GetSchema())
	if len(paths) == 0 {
		t.NotRun("the connector's schema has no secret attribute")
	}
	defer disconnect(t, wrong)
	tried, refused := 0, 0
	for n, path := range paths {
		value := fmt.Sprintf("Wr0ng-%d-Kestrel", n)
		config, ok := withText(t.Config.JSON, path, value)
		if !ok {
			continue // it is not set
		}
		tried++
		t.Secret(value)
		name := strings.Join(path, ".")
		if refusedLogin(t, name, config) {
			refused++
		}
		works(t, "while another connection has a wrong "+name)
	}
	switch {
	case tried == 0:
		t.NotRun("the connection sets no secret attribute")
	case refused == 0:
		t.Errorf("the connection works with every one of its secrets wrong")
	}
}

// refusedLogin connects with a wrong secret, and tells whether that was refused.
func refusedLogin(t *suite.T, name string, config []byte) bool {
	v := vendor{t}
	v.forget()
	answer, err := t.Subject.Control().Connect(t.Context(), connectorv1.ConnectRequest_builder{Connection: new(wrong), ConfigJson: config}.Build())
	t.Heard(err)
	what := "Connect with a wrong " + name
	if err == nil {
		t.HeardAll(answer)
		v.forget()
		_, err = t.Call(t.Context(), t.Subject.On(wrong), "tickets.list", t.Request("tickets.list"))
		what = "tickets.list with a wrong " + name
	}
	refusals := slices.DeleteFunc(v.log(), func(r simulated.Request) bool { return r.Status != 401 && r.Status != 403 })
	if len(refusals) > 2 {
		t.Errorf("%s tries to log in %d times; PSAs lock accounts", what, len(refusals))
	}
	if err == nil {
		t.Logf("%s works: it is not part of the login", what)
		return false
	}
	f := suite.Fault(err)
	login := f.Code == fault.CodeConnectionDown && f.Reason == fault.ReasonLoginRefused
	if !login && f.Code != fault.CodeInvalidArgument {
		t.Errorf("%s answers %s; it is connection_down with the reason %s", what, suite.Words(err), fault.ReasonLoginRefused)
	}
	return true
}

// disconnect ends a connection that a check has made.
func disconnect(t *suite.T, name string) {
	_, err := t.Subject.Control().Disconnect(t.Context(), connectorv1.DisconnectRequest_builder{Connection: &name}.Build())
	if err != nil && suite.Fault(err).Code != fault.CodeNotFound {
		t.Errorf("Disconnect of %s: %s", name, suite.Words(err))
	}
}

// forms are how an answer may carry a secret.
func forms(secret string) []string {
	return []string{
		secret, url.QueryEscape(secret),
		base64.StdEncoding.EncodeToString([]byte(secret)),
	}
}

// shapes are bodies of errors, as PSAs have them, with words in them.
func shapes(words string) []json.RawMessage {
	var all []json.RawMessage
	for _, shape := range []any{
		words,
		map[string]any{"code": "Weird", "message": words, "errors": nil},
		map[string]any{"code": "InvalidObject", "message": "No.", "errors": []any{map[string]any{"code": words, "message": words, "field": "summary"}}},
		map[string]any{"errors": []any{words}},
		map[string]any{"error": map[string]any{"message": words, "detail": words}, "status": "failure"},
		map[string]any{"Message": words}, map[string]any{"error": words, "error_description": words},
	} {
		body, err := json.Marshal(shape)
		if err != nil { // texts always can be
			panic(err)
		}
		all = append(all, body)
	}
	return all
}

func echoedSecrets(t *suite.T) {
	if len(t.Config.Secrets) == 0 {
		t.NotRun("the connection has no secret")
	}
	var words []string
	for _, secret := range t.Config.Secrets {
		for _, form := range forms(secret) {
			t.Secret(form)
			words = append(words, form)
		}
	}
	for n, body := range shapes("It is not allowed with " + strings.Join(words, " or ") + " here.") {
		echo(t, simulated.Fault{Fault: simulated.Answers, Status: 400, Body: body})
		echo(t, simulated.Fault{Fault: simulated.Answers, Status: 403, Body: body})
		// Of refused logins two in a row end the tries: a check that passes allows them.
		echo(t, simulated.Fault{Fault: simulated.Answers, Status: 401, Body: body})
		check(t)
		if n < 2 { // these are tried again
			echo(t, simulated.Fault{Fault: simulated.Answers, Status: 500, Body: body})
		}
	}
	echo(t, simulated.Fault{Fault: simulated.HTML, Body: text("<title>" + strings.Join(words, " ") + "</title>")})
}

// echo makes calls that are answered with a fault's body.
func echo(t *suite.T, f simulated.Fault) {
	v := vendor{t}
	placed := v.place(f)
	ctx, cancel := inTime(t, short)
	defer cancel()
	if _, err := t.Call(ctx, t.Conn(), "tickets.list", t.Request("tickets.list")); err == nil {
		t.Errorf("tickets.list is answered with %s %d by the PSA, and answers as if nothing were wrong", f.Fault, f.Status)
	}
	if f.Status == 401 || f.Status == 403 {
		check(t)
	}
	v.lift(placed)
}

func secretsInAnswers(t *suite.T) {
	for _, r := range readings(t) {
		request := proto.Clone(r.request)
		withVendorRecord(request)
		answer, err := t.Call(t.Context(), t.Conn(), r.operation, request)
		t.Must(err)
		t.HeardAll(answer)
	}
	t.HeardAll(t.Subject.Description)
	t.HeardAll(check(t))
	again, err := t.Subject.Control().Connect(t.Context(), connectorv1.ConnectRequest_builder{Connection: new(t.Connection()), ConfigJson: t.Config.JSON}.Build())
	t.Must(err)
	t.HeardAll(again)
}

func secretsInDryRuns(t *suite.T) {
	for _, c := range changes() {
		if slices.Contains([]string{"tickets.create", "tickets.update", "notes.create_internal", "attachments.create", "contacts.create"}, c.operation) && servesAll(t, c.operations()) {
			response, _, err := send(t.Context(), t, t.Conn(), c.operation, dryRun(c.prepare(t, "conformance-secrets")))
			notTaken(t, c.operation, err)
			t.HeardAll(response)
		}
	}
}
