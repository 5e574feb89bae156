package attachment

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

func TestWhatCannotBeAttached(t *testing.T) {
	t.Parallel()
	type request = psav1.CreateAttachmentRequest_builder
	for name, test := range map[string]struct {
		request request
		code    fault.Code
		fields  []string
	}{
		"a file":            {request{FileName: new("Ticket 7 - log (1).txt"), Title: new("Log"), ContentType: new("text/plain")}, "", nil},
		"a link":            {request{Link: new("https://kb.example/5"), Title: new("Runbook")}, "", nil},
		"to a note":         {request{FileName: new("x"), Note: new("5")}, fault.CodeFieldNotSupported, []string{"note"}},
		"to a time entry":   {request{FileName: new("x"), TimeEntry: new("5")}, fault.CodeFieldNotSupported, []string{"time_entry"}},
		"without a name":    {request{}, fault.CodeInvalidArgument, []string{"file_name"}},
		"with a folder":     {request{FileName: new("a/b")}, fault.CodeInvalidArgument, []string{"file_name"}},
		"with a drive":      {request{FileName: new(`c:\b`)}, fault.CodeInvalidArgument, []string{"file_name"}},
		"with a line break": {request{FileName: new("a\r\nb"), Title: new("a\nb")}, fault.CodeInvalidArgument, []string{"file_name", "title"}},
		"a link of a script": {
			request{Link: new("javascript:alert(1)"), FileName: new("x"), ContentType: new("text/html")},
			fault.CodeInvalidArgument, []string{"link", "file_name", "content_type"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := check(test.request.Build())
			var fields []string
			if err != nil {
				for _, v := range fault.From(err).Violations {
					fields = append(fields, v.Field)
				}
			}
			if fault.CodeOf(err) != test.code || !slices.Equal(fields, test.fields) {
				t.Errorf("%v at %v", err, fields)
			}
		})
	}
}

func TestContentIsLimited(t *testing.T) {
	t.Parallel()
	l := &limited{content: io.LimitReader(zeros{}, maxBytes), field: "file"}
	if n, err := io.Copy(io.Discard, l); n != maxBytes || err != nil || l.bytes != maxBytes {
		t.Errorf("%d bytes, %v", n, err)
	}
	l = &limited{content: io.LimitReader(zeros{}, maxBytes+1), field: "file"}
	_, err := io.Copy(io.Discard, l)
	if e, ok := errors.AsType[*fault.Error](err); !ok || e.Violations[0].Field != "file" || !strings.Contains(e.Message, "100 MiB") {
		t.Errorf("got %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
