package field_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func ticket() *psav1.Ticket {
	return psav1.Ticket_builder{
		Id: new("1"), Title: new("a title"), Kind: new(psav1.Kind_INCIDENT),
		Status:       psav1.Status_builder{Id: new("5"), Name: new("New"), Category: new(psav1.Category_NEW)}.Build(),
		CoOwners:     []*psav1.Reference{psav1.Reference_builder{Id: new("9")}.Build()},
		UpdatedAt:    timestamppb.New(time.Date(2026, 3, 2, 12, 0, 0, 5e8, time.UTC)),
		CustomFields: map[string]*structpb.Value{"floor": structpb.NewNumberValue(3)},
	}.Build()
}

func TestText(t *testing.T) {
	t.Parallel()
	m := ticket().ProtoReflect()
	for path, want := range map[string][2]string{ // as a text, and in words
		"title":           {"a title", `"a title"`},
		"kind":            {"INCIDENT", "INCIDENT"},
		"status":          {`"New" (id 5)`, `"New" (id 5)`},
		"status.id":       {"5", `"5"`},
		"status.category": {"NEW", "NEW"},
		"updated_at":      {"2026-03-02T12:00:00.5Z", "2026-03-02T12:00:00.5Z"},
		"owner":           {"", "unset"},
		"owner.name":      {"", "unset"},
		"nothing":         {"", "unset"},
	} {
		if got := [2]string{field.Text(m, path), field.Words(m, path)}; got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if got := field.Words(m, "custom_fields"); got != "{floor=3}" {
		t.Errorf("custom fields are %s", got)
	}
	if got := field.Texts(m, "co_owners"); len(got) != 1 || got[0] != `"" (id 9)` {
		t.Errorf("co-owners are %q", got)
	}
	if at, ok := field.Time(m, "updated_at"); !ok || at.Nanosecond() != 5e8 {
		t.Errorf("the time is %s", at)
	}
	if _, ok := field.Time(m, "due_at"); ok {
		t.Error("a time that is unset is one")
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	if d := field.Differences(ticket().ProtoReflect(), ticket().ProtoReflect()); len(d) != 0 {
		t.Errorf("a record differs from itself in %v", d)
	}
	other := ticket()
	other.SetTitle("another")
	other.ClearKind()
	other.GetStatus().SetName("Old")
	other.GetCoOwners()[0].SetId("8")
	other.GetCustomFields()["floor"] = structpb.NewNumberValue(4)
	other.GetCustomFields()["site"] = structpb.NewStringValue("B-12")
	want := []field.Difference{
		{"kind", "INCIDENT", "unset"},
		{"title", `"a title"`, `"another"`},
		{"status", `"New" (id 5)`, `"Old" (id 5)`},
		{"co_owners", `["" (id 9)]`, `["" (id 8)]`},
		{`custom_fields["floor"]`, "3", "4"},
		{`custom_fields["site"]`, "unset", `"B-12"`},
	}
	got := field.Differences(ticket().ProtoReflect(), other.ProtoReflect())
	if len(got) != len(want) {
		t.Fatalf("it differs in %v", got)
	}
	for n := range want {
		if got[n] != want[n] {
			t.Errorf("it differs in %v, want %v", got[n], want[n])
		}
	}
}
