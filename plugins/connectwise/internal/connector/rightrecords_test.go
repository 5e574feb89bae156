package connector

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	simcw "github.com/deskgate/deskgate/plugins/connectwise/simulator"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// tenant is a ConnectWise whose API member has every right until a test takes one,
// with records for calls to work on. They are made anew for each call: what one
// changes is no matter to the next.
type tenant struct {
	t     *testing.T
	sim   *simulator.Running
	maker *Instance // connected while nothing was taken
	// sample is a ticket of a company and a contact with an address.
	sample *psav1.Ticket
	phase  string // where tickets of projects are made

	deviceType string // of configurations
	made       int
}

// startTenant gives the API member the role of an administrator, so that every right
// is there to be taken.
func startTenant(t *testing.T) *tenant {
	t.Helper()
	sim, err := simulator.Start(simcw.New(), simulator.Options{Seed: 7, Limits: simulator.LimitsOff, Start: noon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	admin(t, sim, "POST", "act", `{"as":"`+seed.AdminMember+`","method":"PATCH","path":"/system/members/150","body":[{"op":"replace","path":"securityRole","value":{"id":1}}]}`, nil)
	n := &tenant{t: t, sim: sim}
	if n.maker, err = n.connect(t, pluginsdk.MailByNote); err != nil {
		t.Fatal(err)
	}
	n.sample = openTicket(t, n.maker)
	n.phase = aProjectTicket(t, n.maker).GetCustomFields()["vendor.phase"].GetStringValue()
	types, err := n.maker.ListConfigurationTypes(t.Context(), &psav1.ListConfigurationTypesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	n.deviceType = types.GetConfigurationTypes()[0].GetId()
	return n
}

// connect opens a connection that answers customers by a way: one that does so by notes
// merges tickets of projects too.
func (n *tenant) connect(t *testing.T, way string) (*Instance, error) {
	t.Helper()
	config := configFor(n.sim.URL)
	config.CustomerNotification = way
	if way == pluginsdk.MailByNote {
		config.MergeField = mergeField
	}
	i, err := connect(t.Context(), config)
	if err != nil {
		return nil, err
	}
	t.Cleanup(i.Close)
	i.account.Now = func() time.Time { return noon }
	return i, nil
}

// lack makes the role a poorer one, for everything that is asked from now on; what was
// taken before comes back.
func (n *tenant) lack(role poorer) {
	n.t.Helper()
	admin(n.t, n.sim, http.MethodDelete, "faults", "", nil)
	put := func(format string, args ...any) {
		if status := admin(n.t, n.sim, http.MethodPost, "faults", fmt.Sprintf(format, args...), nil); status != http.StatusCreated {
			n.t.Fatalf("%s cannot be taken: status %d", role.name, status)
		}
	}
	for _, right := range role.take {
		put(`{"fault":"revoke_right","right":%q}`, right)
	}
	for _, path := range role.close {
		put(`{"match":{"path":"*/apis/3.0/%s"},"fault":"status","status":403}`, path)
	}
}

// post makes a record without the connector, and returns its id.
func (n *tenant) post(path, format string, args ...any) string {
	n.t.Helper()
	var made struct{ ID int }
	if status := vendor(n.t, n.sim, http.MethodPost, path, fmt.Sprintf(format, args...), &made); status != http.StatusCreated {
		n.t.Fatalf("making one of %s answered %d", path, status)
	}
	return itoa(made.ID)
}

// word is another one each time.
func (n *tenant) word() string {
	n.made++
	return fmt.Sprintf("word %d", n.made)
}

// ticket is a new ticket of the service desk, which mails its contact.
func (n *tenant) ticket() string {
	n.t.Helper()
	return n.post("service/tickets", `{"summary":"Printer","company":{"id":%s},"contact":{"id":%s},"automaticEmailContactFlag":true}`,
		n.sample.GetCompany().GetId(), n.sample.GetContact().GetId())
}

// project is a new ticket of a project.
func (n *tenant) project() string {
	n.t.Helper()
	return n.post("project/tickets", `{"summary":"Cables","phase":{"id":%s}}`, n.phase)
}

func (n *tenant) note(ticket, flag string) string {
	n.t.Helper()
	return n.post("service/tickets/"+ticket+"/notes", `{"text":"Seen.","%s":true,"member":{"identifier":%q}}`, flag, seed.AgentMember)
}

func (n *tenant) projectNote(ticket, flag string) string {
	n.t.Helper()
	return n.post("project/tickets/"+ticket+"/notes", `{"text":"Seen.","%s":true,"member":{"identifier":%q}}`, flag, seed.AgentMember)
}

// time is booked on a ticket, and shown to its customer.
func (n *tenant) time(ticket string) string {
	n.t.Helper()
	return n.post("time/entries", `{"chargeToId":%s,"chargeToType":"ServiceTicket","member":{"identifier":%q},"timeStart":%q,"actualHours":0.25,"notes":"Seen.","addToDetailDescriptionFlag":true}`,
		ticket, seed.AgentMember, noon.Add(-time.Hour).Format(time.RFC3339))
}

// visit is planned on a ticket; without a time it makes the member a co-owner.
func (n *tenant) visit(ticket, dates string) string {
	n.t.Helper()
	return n.post("schedule/entries", `{"type":{"id":4},"objectId":%s,"member":{"identifier":"mreyes"}%s,"allowScheduleConflictsFlag":true}`, ticket, dates)
}

func (n *tenant) file(ticket string) string {
	n.t.Helper()
	made, err := invoke(n.t.Context(), n.t, n.maker, aFile(ticket))
	if err != nil {
		n.t.Fatal(err)
	}
	return recordOf(made)
}

func aFile(ticket string) *psav1.CreateAttachmentRequest {
	return psav1.CreateAttachmentRequest_builder{Ticket: &ticket, FileName: new("log.txt"), ContentBase64: new("aGVsbG8=")}.Build()
}

// planned is a visit with a time.
func (n *tenant) planned() string {
	n.t.Helper()
	return n.visit(n.ticket(), `,"dateStart":"2031-03-03T09:00:00Z","dateEnd":"2031-03-03T10:00:00Z"`)
}

func (n *tenant) configuration() string {
	n.t.Helper()
	return n.post("company/configurations", `{"name":%q,"company":{"id":%s},"type":{"id":%s}}`, n.word(), n.sample.GetCompany().GetId(), n.deviceType)
}

// device is the name of a new configuration.
func (n *tenant) device() string {
	n.t.Helper()
	n.configuration()
	return fmt.Sprintf("word %d", n.made)
}

func (n *tenant) company() *psav1.Reference { return refByID(n.sample.GetCompany().GetId()) }

func (n *tenant) contact() *psav1.ContactReference {
	return psav1.ContactReference_builder{Id: new(n.sample.GetContact().GetId())}.Build()
}

func (n *tenant) site() *psav1.Reference { return refByID(n.sample.GetSite().GetId()) }
