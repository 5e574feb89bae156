package pluginsdk

import (
	"maps"
	"slices"
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// hub holds how every connection is and tells those who watch. Telling never
// waits for a watcher: it marks what has changed, and a slow watcher sees the
// latest state alone.
type hub struct {
	mu       sync.Mutex
	states   map[string]datedState
	watchers map[*watcher]bool
}

type datedState struct {
	state
	since time.Time
}

type watcher struct {
	changed map[string]bool // guarded by the hub's lock
	wake    chan struct{}   // has room for one
}

func newHub() *hub {
	return &hub{states: map[string]datedState{}, watchers: map[*watcher]bool{}}
}

// set tells how a connection is.
func (h *hub) set(name string, s state) {
	h.mu.Lock()
	defer h.mu.Unlock()
	old, known := h.states[name]
	if known && old.health == s.health && old.reason == s.reason {
		return
	}
	since := time.Now()
	if known && old.health == s.health {
		since = old.since
	}
	h.states[name] = datedState{state: s, since: since}
	for w := range h.watchers {
		w.changed[name] = true
		select {
		case w.wake <- struct{}{}:
		default:
		}
	}
}

// drop forgets a connection.
func (h *hub) drop(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.states, name)
}

// watch returns a watcher to which every connection is news.
func (h *hub) watch() *watcher {
	h.mu.Lock()
	defer h.mu.Unlock()
	w := &watcher{changed: map[string]bool{}, wake: make(chan struct{}, 1)}
	for name := range h.states {
		w.changed[name] = true
	}
	h.watchers[w] = true
	return w
}

func (h *hub) leave(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.watchers, w)
}

// take returns what has changed since it was last called, by name.
func (h *hub) take(w *watcher) []*connectorv1.WatchResponse {
	h.mu.Lock()
	defer h.mu.Unlock()
	var news []*connectorv1.WatchResponse
	for _, name := range slices.Sorted(maps.Keys(w.changed)) {
		if s, ok := h.states[name]; ok {
			news = append(news, s.message(name))
		}
	}
	clear(w.changed)
	return news
}

var healths = map[Health]connectorv1.WatchResponse_Health_V{
	Ready:          connectorv1.WatchResponse_Health_READY,
	Degraded:       connectorv1.WatchResponse_Health_DEGRADED,
	NeedsAttention: connectorv1.WatchResponse_Health_NEEDS_ATTENTION,
}

func (s datedState) message(name string) *connectorv1.WatchResponse {
	b := connectorv1.WatchResponse_builder{
		Connection: &name, Health: new(healths[s.health]), Since: timestamppb.New(s.since),
	}
	if s.reason != "" {
		b.Reason = new(text(s.reason))
	}
	if s.fault != nil {
		b.Fault = detail(s.fault)
	}
	return b.Build()
}

// detail returns a fault as the detail of its status.
func detail(f *fault.Error) *connectorv1.Fault {
	for _, d := range fault.ToStatus(f).Details() {
		if detail, ok := d.(*connectorv1.Fault); ok {
			return detail
		}
	}
	return nil
}
