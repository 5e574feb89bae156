package simulator

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	sdk "github.com/deskgate/deskgate/pluginsdk/simulator"
)

type customer struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

type ticket struct {
	ID        int       `json:"id"`
	Number    string    `json:"number"`
	Subject   string    `json:"subject"`
	Details   string    `json:"details"`
	Status    string    `json:"status"`
	Priority  string    `json:"priority"`
	Customer  customer  `json:"customer"`
	Reference string    `json:"reference"`
	Created   time.Time `json:"created"`
	Updated   time.Time `json:"updated"`
	Version   int       `json:"version"`
}

type note struct {
	ID      int       `json:"id"`
	Ticket  int       `json:"ticket"`
	Text    string    `json:"text"`
	Author  string    `json:"author"`
	Created time.Time `json:"created"`
}

// world is all that the tenant holds.
type world struct {
	clock     *sdk.Clock
	customers []customer
	tickets   []*ticket
	notes     []*note
}

var (
	statuses   = []string{"new", "open", "waiting", "closed"}
	priorities = []string{"urgent", "high", "normal", "low"}
)

// seed makes a tenant that looks like one.
func seed(setup sdk.Setup) *world {
	random := rand.New(rand.NewPCG(setup.Seed, 1))
	w := &world{clock: setup.Clock}
	for n, name := range []string{"Blue Heron Bakery", "Cedar & Pine Legal", "Harbor Dental", "Northside School"} {
		w.customers = append(w.customers, customer{100*int(setup.Seed) + n + 1, name})
	}
	subjects := []string{"Printer does not print", "VPN drops every hour", "New laptop for Monday", "Mailbox is full", "Cannot sign in"}
	const many = 60
	for n := range many {
		at := setup.Clock.Start().Add(-time.Duration(many-n) * time.Hour).Truncate(time.Millisecond)
		id := 1000*int(setup.Seed) + n + 1
		w.tickets = append(w.tickets, &ticket{
			ID: id, Number: fmt.Sprintf("T-%d", id), Subject: subjects[random.IntN(len(subjects))], Details: "Since this morning.",
			Status: statuses[random.IntN(len(statuses))], Priority: priorities[random.IntN(len(priorities))],
			Customer: w.customers[random.IntN(len(w.customers))], Created: at, Updated: at.Add(time.Duration(random.IntN(1800)) * time.Second), Version: 1,
		})
		for range random.IntN(3) {
			w.notes = append(w.notes, &note{len(w.notes) + 1, id, "Called back, no answer.", "Robin", at.Add(time.Minute)})
		}
	}
	return w
}

func (w *world) now() time.Time { return w.clock.Now().UTC().Truncate(time.Millisecond) }

func (w *world) ticket(r *http.Request) (*ticket, error) {
	i := slices.IndexFunc(w.tickets, func(t *ticket) bool { return t.ID == pathID(r, "id") })
	if i < 0 {
		return nil, missing()
	}
	return w.tickets[i], nil
}

func (w *world) getTicket(r *http.Request) (any, error) { return w.ticket(r) }

func (w *world) createTicket(r *http.Request) (any, error) {
	id := w.tickets[len(w.tickets)-1].ID + 1
	t := &ticket{ID: id, Number: fmt.Sprintf("T-%d", id), Status: "new", Priority: "normal", Created: w.now()}
	if err := w.apply(t, r); err != nil {
		return nil, err
	}
	w.tickets = append(w.tickets, t)
	return t, nil
}

func (w *world) changeTicket(r *http.Request) (any, error) {
	t, err := w.ticket(r)
	if err != nil {
		return nil, err
	}
	changed := *t
	if err := w.apply(&changed, r); err != nil {
		return nil, err
	}
	*t = changed
	return t, nil
}

// apply writes what a body names, and checks what comes of it.
func (w *world) apply(t *ticket, r *http.Request) error {
	body := struct {
		Subject, Details, Status, Priority, Reference *string
		Customer                                      *int
	}{&t.Subject, &t.Details, &t.Status, &t.Priority, &t.Reference, &t.Customer.ID}
	if err := decode(r, &body); err != nil {
		return err
	}
	i := slices.IndexFunc(w.customers, func(c customer) bool { return c.ID == t.Customer.ID })
	for _, rule := range []struct {
		wrong          bool
		field, message string
	}{
		{strings.TrimSpace(t.Subject) == "" || utf8.RuneCountInString(t.Subject) > 100, "subject", "The subject needs 1 to 100 characters."},
		{utf8.RuneCountInString(t.Details) > 8000, "details", "The details may have 8000 characters."},
		{utf8.RuneCountInString(t.Reference) > 50, "reference", "The reference may have 50 characters."},
		{!slices.Contains(statuses, t.Status), "status", "There is no such status."},
		{!slices.Contains(priorities, t.Priority), "priority", "There is no such priority."},
		{i < 0, "customer", "There is no such customer."},
	} {
		if rule.wrong {
			return invalid(rule.field, rule.message)
		}
	}
	t.Customer = w.customers[i]
	t.Updated = w.now()
	t.Version++
	return nil
}

// decode reads a body; what it names and My PSA does not have is refused.
func decode(r *http.Request, into any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return invalid("", "The body is not understood: "+err.Error())
	}
	return nil
}

func (w *world) createNote(r *http.Request) (any, error) {
	t, err := w.ticket(r)
	if err != nil {
		return nil, err
	}
	var body struct{ Text string }
	if err := decode(r, &body); err != nil {
		return nil, err
	}
	if body.Text == "" || utf8.RuneCountInString(body.Text) > 10_000 {
		return nil, invalid("text", "A note needs 1 to 10000 characters.")
	}
	n := &note{len(w.notes) + 1, t.ID, body.Text, "Robin", w.now()}
	w.notes = append(w.notes, n)
	t.Updated = w.now()
	t.Version++
	return n, nil
}

func (w *world) getNote(r *http.Request) (any, error) {
	for _, n := range w.notes {
		if n.Ticket == pathID(r, "id") && n.ID == pathID(r, "note") {
			return n, nil
		}
	}
	return nil, missing()
}
