package state_test

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/deskgate/deskgate/gateway/internal/state"
)

func TestKeyIsMadeOnceAndPrivate(t *testing.T) {
	t.Parallel()
	dir, err := state.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	keys := make([][]byte, 16)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			key, err := dir.Key("a.key")
			if err != nil {
				t.Error(err)
			}
			keys[i] = key
		})
	}
	wg.Wait()
	for _, key := range keys {
		if len(key) != 32 || !bytes.Equal(key, keys[0]) {
			t.Fatalf("two callers got different keys: %x, %x", key, keys[0])
		}
	}
	info, err := os.Stat(dir.Path("a.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's mode is %v (%v), not 0600", info.Mode(), err)
	}
	entries, _ := os.ReadDir(dir.Path(""))
	if len(entries) != 1 {
		t.Errorf("left-overs beside the key: %v", entries)
	}
}

func TestDamagedKeyIsNamed(t *testing.T) {
	t.Parallel()
	dir, err := state.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir.Path("a.key"), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := dir.Key("a.key"); err == nil || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("a damaged key gives %v", err)
	}
}
