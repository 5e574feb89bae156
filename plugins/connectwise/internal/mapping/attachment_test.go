package mapping_test

import (
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
)

func TestAttachment(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ document, want string }{
		"a file": {
			`{"id":5,"title":"Screenshot","fileName":"Screen 1.PNG","serverFileName":"a1b2.png","owner":"dreyes","linkFlag":false,"urlFlag":false,"publicFlag":true,"size":1234,"createdOnDate":"2026-03-02T09:00:00Z"}`,
			`{"id":"5","ticket":"7","fileName":"Screen 1.PNG","title":"Screenshot","contentType":"image/png","size":1234,"visibility":"CUSTOMER","author":{"kind":"UNKNOWN","name":"dreyes"},"createdAt":"2026-03-02T09:00:00Z"}`,
		},
		"a private file":               {`{"id":5,"fileName":"x.unknown","publicFlag":false}`, `{"id":"5","ticket":"7","fileName":"x.unknown","visibility":"INTERNAL"}`},
		"who sees it is not told":      {`{"id":5,"fileName":"x"}`, `{"id":"5","ticket":"7","fileName":"x"}`},
		"a link":                       {`{"id":5,"title":"Runbook","urlFlag":true,"fileName":"https://kb.example/5?x=1","publicFlag":false}`, `{"id":"5","ticket":"7","title":"Runbook","link":"https://kb.example/5?x=1","visibility":"INTERNAL"}`},
		"a link by its server's name":  {`{"id":5,"linkFlag":true,"fileName":"x","serverFileName":"http://kb.example"}`, `{"id":"5","ticket":"7","link":"http://kb.example"}`},
		"a link that is no address":    {`{"id":5,"linkFlag":true,"fileName":"javascript:alert(1)","title":"x"}`, `{"id":"5","ticket":"7","title":"x"}`},
		"a size that cannot be":        {`{"id":5,"fileName":"x","size":-1}`, `{"id":"5","ticket":"7","fileName":"x"}`},
		"a size larger than is handed": {`{"id":5,"fileName":"x","size":4294967296}`, `{"id":"5","ticket":"7","fileName":"x"}`},
		"empty":                        {`{"id":5,"fileName":"x.txt","size":0}`, `{"id":"5","ticket":"7","fileName":"x.txt","contentType":"text/plain","size":0}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := decode[api.Document](t, test.document)
			same(t, mapping.Attachment(7, &d, noNames), test.want)
		})
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for text, is := range map[string]bool{
		"https://kb.example/5": true, "HTTP://kb.example": true, "kb.example": false, "ftp://kb.example/x": false, "https://": false,
		"javascript:alert(1)": false, `\\server\share`: false, "": false, "https:kb.example": false, "mailto:a@b.example": false,
	} {
		if mapping.IsAddress(text) != is {
			t.Errorf("%q is an address: %t", text, !is)
		}
	}
}
