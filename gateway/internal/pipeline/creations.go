package pipeline

import (
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/gateway/internal/operation"
)

// creations are the creates under way and of late. A look for a lost one must not
// take for its own what another call has made: two can ask for the same to the
// letter.
type creations struct {
	seed maphash.Seed
	mu   sync.Mutex
	of   map[creates][]*creation
}

// creates are those that could take each other's records for their own.
type creates struct{ connection, operation string }

// creation is a call that makes a record. Its fields are creations' to lock.
type creation struct {
	all     *creations
	kind    creates
	request uint64 // a hash of what is asked for
	began   time.Time
	state   progress
	ended   time.Time
	record  string // the id of what it has made, as far as that is known
}

// progress is how far a creation is.
type progress int

const (
	underway progress = iota // it waits for its answer
	missed                   // its answer is lost, and it is looked for
	made                     // it was answered with its record
	unknown                  // nobody knows, and nobody looks any more
)

// remembered is how long before a call another may have ended whose record could
// be taken for the call's: clocks differ.
const remembered = time.Minute

func newCreations() *creations {
	return &creations{seed: maphash.MakeSeed(), of: map[creates][]*creation{}}
}

// begin takes in a call that is about to be made; nil for one that makes no
// record. A nil creation knows of no others.
func (c *creations) begin(inv *Invocation) *creation {
	if inv.Operation.HTTP.Location == "" {
		return nil
	}
	// What cannot be marshalled does not get to the connector either.
	request, _ := proto.MarshalOptions{Deterministic: true}.Marshal(inv.Request)
	n := &creation{
		all: c, kind: creates{inv.Connection, inv.Operation.Name},
		request: maphash.Bytes(c.seed, request), began: time.Now(),
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.of[n.kind]
	if len(list) == cap(list) {
		list = forget(list)
	}
	c.of[n.kind] = append(list, n)
	return n
}

// forget drops those that ended too long ago to matter to any that is under way.
func forget(list []*creation) []*creation {
	horizon := time.Now()
	for _, n := range list {
		if n.state < made && n.began.Before(horizon) {
			horizon = n.began
		}
	}
	horizon = horizon.Add(-remembered)
	return slices.DeleteFunc(list, func(n *creation) bool { return n.state >= made && n.ended.Before(horizon) })
}

// miss takes in that the answer is lost.
func (n *creation) miss() {
	if n == nil {
		return
	}
	n.all.mu.Lock()
	defer n.all.mu.Unlock()
	n.state = missed
}

// end takes in the answer; written says of an error that the record may have been
// made.
func (n *creation) end(answer proto.Message, err error, written bool) {
	if n == nil {
		return
	}
	n.all.mu.Lock()
	defer n.all.mu.Unlock()
	n.ended = time.Now()
	switch {
	case err == nil && !operation.Existed(answer):
		n.state = made
		n.record, _ = operation.Record(answer)
	case err != nil && written:
		n.state = unknown
	default: // it has made nothing
		list := n.all.of[n.kind]
		n.all.of[n.kind] = slices.DeleteFunc(list, func(other *creation) bool { return other == n })
	}
}

// others are the records that other calls have made.
func (n *creation) others() []string {
	if n == nil {
		return nil
	}
	n.all.mu.Lock()
	defer n.all.mu.Unlock()
	var ids []string
	for _, other := range n.all.of[n.kind] {
		if other != n && other.record != "" && (other.state < made || other.ended.After(n.began.Add(-remembered))) {
			ids = append(ids, other.record)
		}
	}
	return ids
}

// ownership is whose a record is that a look has found.
type ownership int

const (
	own       ownership = iota
	another             // another call's
	contested           // that of this call or of another that asks for the same
)

// claim takes a record that a look has found. Of two calls that ask for the same
// and are both looked for, the first gets the record and the second does not:
// which of them made it makes no difference.
func (n *creation) claim(answer proto.Message) ownership {
	if n == nil || operation.Existed(answer) {
		return own
	}
	id, _ := operation.Record(answer)
	n.all.mu.Lock()
	defer n.all.mu.Unlock()
	whose := own
	for _, other := range n.all.of[n.kind] {
		switch {
		case other == n:
		case other.record == id:
			return another
		case other.request == n.request && (other.state == underway || other.state == unknown):
			whose = contested
		}
	}
	if whose == own {
		n.record = id
	}
	return whose
}
