package etag_test

import (
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/pluginsdk/etag"
)

func TestOf(t *testing.T) {
	t.Parallel()
	row := psav1.Ticket_builder{Id: new("7"), Title: new("Printer"), Queue: psav1.Reference_builder{Id: new("1")}.Build()}.Build()
	whole := proto.CloneOf(row)
	whole.SetDescription("It smokes.")
	whole.SetCustomFields(map[string]*structpb.Value{"1": structpb.NewBoolValue(true)})
	whole.SetEtag("old")
	of := func(marker string, m *psav1.Ticket) string { return etag.Of(marker, m, "description", "custom_fields") }
	first := of("t1", row)
	if len(first) < 12 || !strings.HasPrefix(first, `"`) || !strings.HasSuffix(first, `"`) {
		t.Errorf("etag %s", first)
	}
	if of("t1", whole) != first {
		t.Error("a row and the whole record of one state differ")
	}
	if of("t2", row) == first {
		t.Error("the marker does not count")
	}
	row.SetTitle("Printer on fire")
	if of("t1", row) == first {
		t.Error("a change within the marker's second does not count")
	}
	if !whole.HasDescription() || whole.GetEtag() != "old" {
		t.Error("the record was changed")
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	const current = `"b1946ac9"`
	for _, s := range []string{`"b1946ac9"`, `b1946ac9`, ` "b1946ac9" `, `"x", "b1946ac9"`, `*`} {
		if !etag.Matches(s, current) {
			t.Errorf("%s does not match", s)
		}
	}
	for _, s := range []string{`"x"`, ``, `W/"b1946ac9"`, `"b1946ac"`, `"B1946AC9"`} {
		if etag.Matches(s, current) {
			t.Errorf("%s matches", s)
		}
	}
	if etag.Matches("", "") || etag.Matches(`""`, "") {
		t.Error("no etag matches something")
	}
}
