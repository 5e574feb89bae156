package simulator_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

// write is a request of an area that makes a record, and the count of the
// records that it is one of.
type write struct {
	path, body, contentType string
	count                   string
}

// writes has a request for each area that is written to.
func writes(tn *tenant) map[string]write {
	ticket := tn.newTicket("")
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for name, value := range map[string]string{"recordType": "Ticket", "recordId": number(ticket), "url": "https://wiki.example/"} {
		if err := w.WriteField(name, value); err != nil {
			tn.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tn.Fatal(err)
	}
	const json = "application/json"
	return map[string]write{
		"tickets":         {"/service/tickets", `{"summary":"x","company":{"id":250}}`, json, "/service/tickets/count"},
		"notes":           {ticket + "/notes", `{"text":"x","internalAnalysisFlag":true}`, json, ticket + "/notes/count"},
		"tasks":           {ticket + "/tasks", `{"notes":"x"}`, json, ticket + "/tasks/count"},
		"links":           {ticket + "/configurations", `{"id":3000}`, json, ticket + "/configurations/count"},
		"project tickets": {"/project/tickets", `{"summary":"x","phase":{"id":411}}`, json, "/project/tickets/count"},
		"time":            {"/time/entries", timeOn(ticket, `,"actualHours":1`), json, "/time/entries/count"},
		"schedule":        {"/schedule/entries", scheduled(ticket, "mreyes", ""), json, "/schedule/entries/count"},
		"documents":       {"/system/documents", form.String(), w.FormDataContentType(), "/system/documents/count?recordType=Ticket&recordId=" + number(ticket)},
		"contacts":        {"/company/contacts", `{"firstName":"Rosa"}`, json, "/company/contacts/count"},
		"configurations":  {"/company/configurations", `{"name":"x","type":{"id":15},"company":{"id":250}}`, json, "/company/configurations/count"},
		"callbacks":       {"/system/callbacks", callbackFor(""), json, "/system/callbacks/count"},
		"boards":          {"/service/boards", `{"name":"x","location":{"id":2},"department":{"id":10}}`, json, "/service/boards/count"},
	}
}

// post makes the write; 0 stands for a connection that was dropped.
func (w write) post(t *tenant) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, t.sim.URL+"/v4_6_release/apis/3.0"+w.path, strings.NewReader(w.body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.contentType)
	req.Header["clientId"] = t.header["clientId"]
	req.SetBasicAuth(t.user, t.password)
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// TestFaultsOnEveryArea: what is lost before it is done leaves nothing, what
// is lost after it is done is there, wherever one writes.
func TestFaultsOnEveryArea(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, fault  string
		status, made int
	}{
		{"dropped before", `{"fault":"drop_before"`, 0, 0},
		{"dropped after", `{"fault":"drop_after"`, 0, 1},
		{"timed out before", `{"fault":"status","status":500`, 500, 0},
		{"timed out after", `{"fault":"status_after","status":500`, 500, 1},
		{"the gateway timed out", `{"fault":"status_after","status":504`, 504, 1},
		{"slow", `{"fault":"slow","delay_ms":1`, 201, 1},
		{"too many requests", `{"fault":"status","status":429`, 429, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tn := start(t)
			for area, w := range writes(tn) {
				count := func() int { return tn.want(200, "GET", w.count, "").int("count") }
				before := count()
				tn.admin("faults", fmt.Sprintf(`%s,"times":1,"match":{"method":"POST","path":"*%s"}}`, tt.fault, w.path))
				if status := w.post(tn); status != tt.status {
					t.Errorf("%s answered %d, want %d", area, status, tt.status)
				}
				if made := count() - before; made != tt.made {
					t.Errorf("%s: %d made, want %d", area, made, tt.made)
				}
			}
		})
	}
}
