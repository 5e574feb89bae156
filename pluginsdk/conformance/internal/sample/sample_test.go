package sample

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func TestFields(t *testing.T) {
	t.Parallel()
	fields := Tickets.Fields()
	for field, want := range map[string]bool{"title": true, "owner": true, "resolution": true, "id": false, "kind": false, "source": false, "notify": false, "custom_fields": false, "etag": false} {
		if slices.Contains(fields, field) != want {
			t.Errorf("%s: %v", field, !want)
		}
	}
	if named := Tickets.Named(); slices.Contains(named, "title") || slices.Contains(named, "co_owners") || slices.Contains(named, "parent") || !slices.Contains(named, "status") || !slices.Contains(named, "contact") {
		t.Errorf("by name are given %v", named)
	}
}

// TestWritesOfAllOperations: a new operation that writes is written by the checks that
// hold for all writes.
func TestWritesOfAllOperations(t *testing.T) {
	t.Parallel()
	var written []string
	for _, w := range Writes() {
		written = append(written, w.Operation)
	}
	for _, operation := range writing(t) {
		if areaOf(operation) != "raw" && !slices.Contains(written, operation) { // raw calls have checks of their own
			t.Errorf("there is no write of %s", operation)
		}
	}
}

func TestCustomValues(t *testing.T) {
	t.Parallel()
	option := func(id string, active bool) *psav1.CustomFieldOption {
		return psav1.CustomFieldOption_builder{Id: &id, Active: &active}.Build()
	}
	for kind := range psav1.CustomFieldType_V_name {
		v := psav1.CustomFieldType_V(kind)
		d := psav1.CustomFieldDefinition_builder{
			Type: &v, MaxLength: new(int32(5)), Options: []*psav1.CustomFieldOption{option("off", false), option("1", true), option("2", true)},
		}.Build()
		first := CustomValue(d, nil)
		if v == psav1.CustomFieldType_UNSPECIFIED {
			if first != nil {
				t.Errorf("%s has %v", v, first)
			}
			continue
		}
		second := CustomValue(d, first)
		if first == nil || second == nil || proto.Equal(first, second) {
			t.Errorf("%s: %v, then %v", v, first, second)
		}
		text := first.GetStringValue()
		if (v == psav1.CustomFieldType_STRING || v == psav1.CustomFieldType_TEXT) && len([]rune(text)) != 5 || text == "off" {
			t.Errorf("%s: %q", v, text)
		}
		for why, wrong := range WrongValues(d) {
			if proto.Equal(wrong, first) || proto.Equal(wrong, second) {
				t.Errorf("%s: %s is right", v, why)
			}
		}
	}
}

func TestSomething(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]proto.Message{
		"title":           psav1.Ticket_builder{Title: new("1")}.Build(),
		"owner":           psav1.Ticket_builder{Owner: psav1.Reference_builder{Id: new("1")}.Build()}.Build(),
		"resolution.code": psav1.Ticket_builder{Resolution: psav1.Resolution_builder{Code: psav1.Reference_builder{Id: new("1")}.Build()}.Build()}.Build(),
		"co_owners":       psav1.Ticket_builder{CoOwners: []*psav1.Reference{psav1.Reference_builder{Id: new("1")}.Build()}}.Build(),
		"impact":          psav1.Ticket_builder{Impact: new(psav1.Grade_HIGH)}.Build(),
		"variables":       psav1.Ticket_builder{Variables: map[string]*structpb.Value{"1": structpb.NewStringValue("1")}}.Build(),
	} {
		m := &psav1.Ticket{}
		if !Something(m.ProtoReflect(), path) || !proto.Equal(m, want) {
			t.Errorf("%s: %v", path, m)
		}
	}
	for _, path := range []string{"nonsense", "title.id", "owner.nonsense"} {
		if Something((&psav1.Ticket{}).ProtoReflect(), path) {
			t.Errorf("%s was set", path)
		}
	}
}

func TestOther(t *testing.T) {
	t.Parallel()
	queue := func(id, name string, active bool) *psav1.Queue {
		return psav1.Queue_builder{Id: &id, Name: &name, Active: &active}.Build()
	}
	all := []*psav1.Queue{queue("1", "a", true), queue("2", "b", false), queue("3", "c", true), queue("4", "c", true), queue("5", "d", true)}
	if got, ok := other(all, "1", (*psav1.Queue).GetActive); !ok || got.GetId() != "5" {
		t.Errorf("got %v; 2 is inactive, and 3 and 4 have one name", got)
	}
	if _, ok := other(all[:2], "1", (*psav1.Queue).GetActive); ok {
		t.Error("there is no other")
	}
}
