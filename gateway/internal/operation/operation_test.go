package operation

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	gatewayv1 "github.com/deskgate/deskgate/proto/deskgate/gateway/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func load(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCatalogueGolden makes every change of the contract visible in review.
func TestCatalogueGolden(t *testing.T) {
	t.Parallel()
	c := load(t)
	var got bytes.Buffer
	if err := c.WriteTable(&got); err != nil {
		t.Fatal(err)
	}
	for _, op := range c.Operations {
		got.WriteString("\n")
		if err := op.WriteDetail(&got); err != nil {
			t.Fatal(err)
		}
	}
	got.WriteString("\nmessages\n")
	writeMessages(&got, c)
	golden := filepath.Join("testdata", "catalogue.golden")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("the catalogue changed; look at the difference, then run go test -update:\n%s", diff)
	}
}

func writeMessages(out *bytes.Buffer, c *Catalogue) {
	var names []string
	for name := range c.Messages {
		names = append(names, name)
	}
	slices.Sort(names)
	var s strings.Builder
	for _, name := range names {
		m := c.Messages[name]
		s.WriteString("\n" + name + "\n")
		for _, r := range m.Rules {
			fmt.Fprintf(&s, "  rule %s: %s (any of %s)\n", r.ID, r.Message, orDash(strings.Join(r.AnyOf, ", ")))
		}
		writeFields(&s, "fields", m.Fields)
	}
	out.WriteString(s.String())
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	c := load(t)
	update := c.ByName("tickets.update")
	if update == nil {
		t.Fatal("tickets.update is missing")
	}
	if got, want := update.FullMethod, "/deskgate.psa.v1.TicketWriter/UpdateTicket"; got != want {
		t.Errorf("FullMethod = %q, want %q", got, want)
	}
	if !update.Write || !update.Connector || !update.Patch() || !update.Options() {
		t.Errorf("tickets.update: Write %v, Connector %v, Patch %v, Options %v, want all", update.Write, update.Connector, update.Patch(), update.Options())
	}
	names := func(fields []*Field) (out []string) {
		for _, f := range fields {
			out = append(out, f.Name)
		}
		return out
	}
	body := names(update.BodyFields())
	for _, refused := range []string{"id", "etag", "vendor", "source"} {
		if slices.Contains(body, refused) {
			t.Errorf("tickets.update takes %s, which is output only or immutable", refused)
		}
	}
	if !slices.Contains(names(c.ByName("tickets.create").BodyFields()), "source") {
		t.Error("tickets.create does not take source, which a create may give")
	}
	note := c.ByName("notes.create_internal")
	if diff := cmp.Diff([]string{"title", "body", "format"}, names(note.BodyFields())); diff != "" {
		t.Errorf("body of notes.create_internal:\n%s", diff)
	}
	if got, want := note.HTTP.Location, "/v1/connections/{connection}/tickets/{ticket}/notes/{note}"; got != want {
		t.Errorf("a new note is at %q, want %q", got, want)
	}
	if got := c.ByName("tickets.transition").HTTP.Location; got != "" {
		t.Errorf("a transition makes something at %q", got)
	}
	list := c.ByName("tickets.list")
	if diff := cmp.Diff(&List{Field: "tickets", Paged: true}, list.List); diff != "" {
		t.Errorf("shape of tickets.list:\n%s", diff)
	}
	if slices.Contains(names(list.QueryFields()), "connection") {
		t.Error("tickets.list takes its path parameter as a query parameter too")
	}
	if _, ok := list.Input.New().(*psav1.ListTicketsRequest); !ok {
		t.Errorf("Input.New() is a %T", list.Input.New())
	}
	if c.ByName("agent.get").Connector || c.ByName("nothing.here") != nil {
		t.Error("agent.get is the gateway's own, and nothing.here is nothing")
	}
	title := c.Messages["deskgate.psa.v1.Ticket"].Field("title")
	if title.Constraints.MinLen != 1 || title.Constraints.MaxLen != 255 || title.Doc == "" {
		t.Errorf("title: %+v", title)
	}
}

func TestAreas(t *testing.T) {
	t.Parallel()
	areas := load(t).Areas()
	if diff := cmp.Diff([]Access{Read, Write, Delete}, areas["tickets"]); diff != "" {
		t.Errorf("levels of tickets:\n%s", diff)
	}
	if _, ok := areas["agent"]; ok {
		t.Error("agent needs a token only, so no group can grant it")
	}
	if _, ok := areas["vendor"]; !ok {
		t.Error("vendor is needed under a condition, so a group has to be able to grant it")
	}
}

func TestAccess(t *testing.T) {
	t.Parallel()
	if None >= Read || Read >= Write || Write >= Delete {
		t.Error("each level has to contain the ones before it")
	}
	for _, a := range []Access{None, Read, Write, Delete} {
		if got, ok := ParseAccess(a.String()); !ok || got != a {
			t.Errorf("ParseAccess(%q) = %v, %v", a, got, ok)
		}
	}
	if _, ok := ParseAccess("READ"); ok {
		t.Error("READ was taken")
	}
}

func TestRecordOfAnswer(t *testing.T) {
	t.Parallel()
	id, etag := "7743", `"b1"`
	ticket := psav1.Ticket_builder{Id: &id, Etag: &etag}.Build()
	note := psav1.Note_builder{Id: &id}.Build()
	list := &psav1.ListTicketsResponse{}
	list.SetTickets([]*psav1.Ticket{ticket})
	list.SetNextPageToken("next")
	for name, c := range map[string]struct {
		answer   proto.Message
		id, etag string
	}{
		"an update":   {psav1.UpdateTicketResponse_builder{Ticket: ticket}.Build(), id, etag},
		"a note":      {psav1.CreateInternalNoteResponse_builder{Note: note}.Build(), id, ""},
		"nothing":     {&psav1.UpdateTicketResponse{}, "", ""},
		"a list":      {list, "", ""},
		"who you are": {&gatewayv1.GetAgentResponse{}, "", ""},
	} {
		if gotID, gotETag := Record(c.answer); gotID != c.id || gotETag != c.etag {
			t.Errorf("%s: Record = %q, %q, want %q, %q", name, gotID, gotETag, c.id, c.etag)
		}
	}
	if got := NextPageToken(list); got != "next" {
		t.Errorf("NextPageToken = %q", got)
	}
	if got := NextPageToken(&gatewayv1.GetAgentResponse{}); got != "" {
		t.Errorf("NextPageToken of no page = %q", got)
	}
}
