package jsonwire_test

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// page is a page of 50 tickets with what a list row carries, and custom fields.
func page() *psav1.ListTicketsResponse {
	reference := func(id, name string) *psav1.Reference {
		return psav1.Reference_builder{Id: proto.String(id), Name: proto.String(name)}.Build()
	}
	at := &timestamppb.Timestamp{Seconds: 1795426200}
	var tickets []*psav1.Ticket
	for i := range 50 {
		tickets = append(tickets, psav1.Ticket_builder{
			Id: proto.String(fmt.Sprint(7000 + i)), Number: proto.String(fmt.Sprint(7000 + i)), Kind: psav1.Kind_SERVICE.Enum(),
			Title:    proto.String("Printer on floor 3 offline"),
			Status:   psav1.Status_builder{Id: proto.String("1"), Name: proto.String("New"), Category: psav1.Category_NEW.Enum()}.Build(),
			Priority: psav1.Priority_builder{Id: proto.String("2"), Name: proto.String("Medium"), Level: proto.Int32(3)}.Build(),
			Queue:    reference("29683481", "Service Desk"), Type: reference("2", "Hardware"), Subtype: reference("11", "Printer"),
			Owner: reference("29682885", "Dana Reyes"), Company: reference("174", "Contoso Ltd"), Site: reference("3", "Main"),
			Contact:   psav1.ContactReference_builder{Id: proto.String("3301"), Name: proto.String("Ivo Brandt"), Email: proto.String("ivo@contoso.example")}.Build(),
			CreatedAt: at, UpdatedAt: at, DueAt: at,
			CustomFields: map[string]*structpb.Value{
				"site_code": structpb.NewStringValue("B-12"), "floor": structpb.NewNumberValue(3), "vip": structpb.NewBoolValue(false),
			},
			Url: proto.String("https://psa.example/tickets/7000"), Etag: proto.String(`"b1946ac9"`),
		}.Build())
	}
	return psav1.ListTicketsResponse_builder{
		Tickets: tickets, NextPageToken: proto.String("eyJ"),
		Omitted: []psav1.Include_V{psav1.Include_DESCRIPTION, psav1.Include_VENDOR},
	}.Build()
}

func BenchmarkEncodePage(b *testing.B) {
	f := setup(b)
	message := page()
	var out []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if out, err = f.codec.Encode(out[:0], message); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(out)))
}

// BenchmarkProtojsonPage is what there is to compare with.
func BenchmarkProtojsonPage(b *testing.B) {
	message := page()
	options := protojson.MarshalOptions{UseProtoNames: true, EmitDefaultValues: true}
	var out []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if out, err = options.MarshalAppend(out[:0], message); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(out)))
}

func BenchmarkDecodePatch(b *testing.B) {
	f := setup(b)
	op := f.catalogue.ByName("tickets.update")
	path := map[string]string{"connection": "psa", "ticket": "7743"}
	body := []byte(`{"priority":{"level":2},"queue":{"name":"Network"},"owner":{"name":"Dana Reyes"},"custom_fields":{"floor":4}}`)
	b.ReportAllocs()
	for b.Loop() {
		message := op.Input.New()
		if p := f.codec.Decode(op, message, path, "", body); p != nil {
			b.Fatal(p)
		}
		if p := f.codec.Validate(message); p != nil {
			b.Fatal(p)
		}
	}
}
