package seed_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func dump(w *store.World) []byte {
	rd := render.Renderer{World: w}
	var b []byte
	for _, name := range w.TableNames() {
		b = rd.List(b, w.Table(name).Type, w.Table(name).All(), nil)
	}
	return b
}

func TestOneNumberGivesOneTenant(t *testing.T) {
	t.Parallel()
	first := dump(seed.World(5, start))
	if !bytes.Equal(first, dump(seed.World(5, start))) {
		t.Error("two tenants of one seed differ")
	}
	if bytes.Equal(first, dump(seed.World(6, start))) {
		t.Error("two seeds give one tenant")
	}
}

func TestTenantIsAsPromised(t *testing.T) {
	t.Parallel()
	for number := range uint64(5) {
		w := seed.World(number, start)
		for table, atLeast := range map[string]int{store.Boards: 5, store.Companies: 60, store.Contacts: 300, store.Members: 15, store.Notes: 600, store.TimeEntries: 700, store.Agreements: 30} {
			if n := w.Table(table).Len(); n < atLeast {
				t.Errorf("seed %d: %d %s", number, n, table)
			}
		}
		service, projects, unowned, closed := 0, 0, 0, 0
		types := map[string]bool{}
		for _, r := range w.Table(store.Tickets).All() {
			if r.Text("recordType") == "ServiceTicket" {
				service++
			} else {
				projects++
			}
			if r.Ref("owner") == 0 {
				unowned++
			}
			if r.Flag("closedFlag") {
				closed++
			}
			if r.Entered.After(start) || r.Updated.After(start) || r.Updated.Before(r.Entered) || r.Entered.Before(start.AddDate(-1, 0, -2)) {
				t.Errorf("seed %d: ticket %d entered %v, updated %v", number, r.ID, r.Entered, r.Updated)
			}
			consistent(t, w, r)
			resources := ""
			for _, e := range w.Table(store.ScheduleEntries).Children(r.ID) {
				m, _ := w.Table(store.Members).Get(e.Ref("member"))
				resources += m.Text("identifier")
			}
			if resources != r.Text("resources") {
				t.Errorf("seed %d: ticket %d has the resources %q, its schedule %q", number, r.ID, r.Text("resources"), resources)
			}
			hours := 0.0
			for _, e := range w.Table(store.TimeEntries).Children(r.ID) {
				h, _ := e.Values["actualHours"].(float64)
				hours += h
			}
			if hours != r.Values["actualHours"] {
				t.Errorf("seed %d: ticket %d has %v hours, its entries %v", number, r.ID, r.Values["actualHours"], hours)
			}
			for id := range r.Custom {
				d, _ := w.Table(store.CustomFields).Get(id)
				types[d.Text("fieldTypeIdentifier")+"/"+d.Text("entryTypeIdentifier")] = true
			}
		}
		if service != 420 || projects != 24 || unowned == 0 || closed == 0 || closed == service {
			t.Errorf("seed %d: %d service tickets, %d of projects, %d without owner, %d closed", number, service, projects, unowned, closed)
		}
		if len(types) < 6 {
			t.Errorf("seed %d: custom fields of %v", number, types)
		}
		if r, ok := w.Table(store.Tickets).Get(10001); !ok || r.Text("recordType") != "ServiceTicket" {
			t.Errorf("seed %d: ticket 10001 is not a service ticket", number)
		}
	}
}

// consistent checks that what a ticket refers to exists and is on its board.
func consistent(t *testing.T, w *store.World, r *store.Record) {
	t.Helper()
	for _, m := range schema.Lookup("Ticket").Members {
		id, ok := r.Values[m.Name].(store.Ref)
		if !ok {
			continue
		}
		target, found := w.Follow(m.Ref, int64(id))
		if !found {
			t.Errorf("ticket %d: %s %d does not exist", r.ID, m.Name, id)
			continue
		}
		if store.References[m.Ref].Scoped && target.Parent != r.Ref("board") {
			t.Errorf("ticket %d: %s %d is on board %d, not %d", r.ID, m.Name, id, target.Parent, r.Ref("board"))
		}
	}
	if contact := r.Ref("contact"); contact != 0 {
		if c, _ := w.Table(store.Contacts).Get(contact); c.Ref("company") != r.Ref("company") {
			t.Errorf("ticket %d: contact %d is of another company", r.ID, contact)
		}
	}
}
