package pluginsdk

import (
	"bytes"
	"encoding/json"
	"sync"
	"testing"
)

// logBuffer keeps what is logged.
type logBuffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.String()
}

// find returns the last line with this message, or nil.
func (b *logBuffer) find(t *testing.T, message string) map[string]any {
	t.Helper()
	var found map[string]any
	for line := range bytes.Lines([]byte(b.String())) {
		var fields map[string]any
		if err := json.Unmarshal(line, &fields); err != nil {
			t.Fatalf("the line %q is not JSON: %v", line, err)
		}
		if fields["@message"] == message {
			found = fields
		}
	}
	return found
}
