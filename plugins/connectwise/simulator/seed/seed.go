// Package seed makes the tenant of a managed service provider out of a
// number: boards, members, companies, contacts and a year of tickets in
// ConnectWise's typical names. One number and one start give one tenant, to
// the byte.
package seed

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// The demo tenant and its credentials. They open nothing but a simulator.
const (
	CompanyID   = "mspdemo"
	CompanyName = "Harbor Point IT"
	PublicKey   = "Dg7PublicDemoKey"
	PrivateKey  = "Dg7PrivateDemoKey"
	ClientID    = "3f1c6a5e-7d0b-4d84-9c59-2f0b6f3f9a10"

	// APIMember owns the demo's keys; its license is for the API alone, so
	// it cannot hold time.
	APIMember = "deskgate-api"
	// AgentMember is the regular member that stands for the gateway's agent.
	AgentMember = "deskgate"
	// AdminMember has every right.
	AdminMember = "acarter"
	// TechnicianMember works on the service desk.
	TechnicianMember = "mreyes"
	// DispatcherMember has the role of a technician, for which the setup
	// tables and the security roles are closed.
	DispatcherMember = "lmoreno"
	// InactiveMember has left.
	InactiveMember = "rbeck"
)

// Key is a pair of API keys of a member.
type Key struct{ Member, Public, Private string }

// Keys are the keys that the tenant has given out.
var Keys = []Key{
	{APIMember, PublicKey, PrivateKey},
	{DispatcherMember, "Dg7PublicDispatcherKey", "Dg7PrivateDispatcherKey"},
	{InactiveMember, "Dg7PublicFormerKey", "Dg7PrivateFormerKey"},
	{AdminMember, "Dg7PublicAdminKey", "Dg7PrivateAdminKey"},
}

// Sizes of the tenant.
const (
	companyCount       = 60
	contactCount       = 300
	serviceTicketCount = 420
	projectTicketCount = 24
	firstTicket        = 10001
	// firstTimeEntry keeps the notes of time entries apart from tickets' own,
	// beside which allNotes lists them.
	firstTimeEntry = 50001
)

// builder fills a world.
type builder struct {
	world *store.World
	rng   *rand.Rand
	start time.Time
}

// World makes the tenant. Its tickets reach back a year from the start.
func World(seed uint64, start time.Time) *store.World {
	b := &builder{
		world: store.NewWorld(),
		rng:   rand.New(rand.NewPCG(seed, 0x436f6e6e65637457)),
		start: start.UTC().Truncate(time.Second),
	}
	b.organization()
	b.calendars()
	b.scheduleSetup()
	b.security()
	b.members()
	b.templates()
	b.boards()
	b.catalogues()
	b.customFields()
	b.companies()
	b.contacts()
	b.configurations()
	b.projects()
	b.agreements()
	b.world.Table(store.TimeEntries).StartAt(firstTimeEntry)
	b.tickets()
	// What came later draws numbers of its own, so that the data above stays
	// as it was.
	b.rng = rand.New(rand.NewPCG(seed, 0x4465736b67617465))
	b.people()
	b.questionnaires()
	b.projectNotes()
	b.time()
	b.schedule()
	b.callbacks()
	b.trail()
	b.documents()
	b.advanceIDs()
	return b.world
}

// advanceIDs leaves a gap between the ids of the seed and those of later
// records, as a tenant that has deleted some.
func (b *builder) advanceIDs() {
	for _, name := range b.world.TableNames() {
		t := b.world.Table(name)
		t.StartAt(t.NextID() + 3)
	}
}

// put adds a record that the administrator entered before the year began.
func (b *builder) put(table string, id, parent int64, values store.Object) *store.Record {
	entered := b.start.AddDate(-3, 0, 0)
	return b.world.Table(table).Put(&store.Record{
		ID: id, Parent: parent, Values: values,
		Entered: entered, EnteredBy: AdminMember, Updated: entered.AddDate(1, 2, 3), UpdatedBy: AdminMember,
	})
}

// chance is true with a probability in percent.
func (b *builder) chance(percent int) bool { return b.rng.IntN(100) < percent }

func pick[T any](b *builder, list []T) T { return list[b.rng.IntN(len(list))] }

// between is a time in a span.
func (b *builder) between(from, to time.Time) time.Time {
	if !from.Before(to) {
		return from
	}
	return from.Add(time.Duration(b.rng.Int64N(int64(to.Sub(from))))).Truncate(time.Second)
}

func (b *builder) guid() string {
	hi, lo := b.rng.Uint64(), b.rng.Uint64()
	return formatGUID(hi, lo)
}

func formatGUID(hi, lo uint64) string {
	return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", hi>>32, hi>>16&0xffff, hi&0xfff, lo>>48&0xfff, lo&0xffffffffffff)
}

// StableGUID names a record by what it is, and draws no number.
func StableGUID(kind string, ids ...int64) string {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, kind, ids)
	hi := h.Sum64()
	_, _ = h.Write([]byte{0})
	return formatGUID(hi, h.Sum64())
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func date(t time.Time) string { return render.Time(t) }

func refs(ids ...int64) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = store.Ref(id)
	}
	return out
}

func numbers(ids ...int64) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}
