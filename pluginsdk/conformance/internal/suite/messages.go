package suite

import "sync"

// messages collects what a check says. It is for several goroutines.
type messages struct {
	mu     sync.Mutex
	list   []string
	failed bool
}

// maxMessages bounds what is kept: a check that fails for every row says it of
// the first ones.
const maxMessages = 20

func (m *messages) add(wrong bool, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failed = m.failed || wrong
	switch {
	case len(m.list) < maxMessages:
		m.list = append(m.list, text)
	case len(m.list) == maxMessages:
		m.list = append(m.list, "and more of the same kind")
	}
}

// head puts what is worse than all the rest before it.
func (m *messages) head(text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failed = true
	m.list = append([]string{text}, m.list...)
}

func (m *messages) all() ([]string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.list...), m.failed
}
