// Package catalogue keeps the short lists of a PSA, such as queues and statuses,
// and finds in them what a caller names.
package catalogue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	// Fresh is how long a list is used without a look at the PSA.
	Fresh = 10 * time.Minute
	// Stale is how long an older list is still answered while a newer one is
	// loaded. Beyond it the caller waits.
	Stale = time.Hour
	// RenewEvery bounds how often an unknown name makes a list be loaded again.
	RenewEvery = time.Minute
	// loadTimeout bounds one load: it goes on for the others when the caller who
	// began it has gone.
	loadTimeout = time.Minute
)

// Cache keeps one value per key, loaded when first asked for. Callers who ask at
// once share one load. It is safe for use by several goroutines.
type Cache[K comparable, V any] struct {
	load   func(context.Context, K) (V, error)
	flight singleflight.Group
	ctx    context.Context
	stop   context.CancelFunc
	wait   sync.WaitGroup

	mu      sync.Mutex
	entries map[K]*entry[V]
}

type entry[V any] struct {
	value   V
	loaded  time.Time
	renewed time.Time // when an unknown name last forced a load
}

// New returns an empty cache over a function that loads the value of a key.
func New[K comparable, V any](load func(context.Context, K) (V, error)) *Cache[K, V] {
	ctx, stop := context.WithCancel(context.Background())
	return &Cache[K, V]{load: load, ctx: ctx, stop: stop, entries: map[K]*entry[V]{}}
}

// Close ends the loads in the background and waits for them.
func (c *Cache[K, V]) Close() {
	c.mu.Lock()
	c.stop()
	c.mu.Unlock()
	c.wait.Wait()
}

// Get returns the value of a key: the one kept while it is fresh; an older one
// while a newer is loaded in the background; else a new one.
func (c *Cache[K, V]) Get(ctx context.Context, key K) (V, error) {
	value, age, ok := c.kept(key)
	switch {
	case ok && age < Fresh:
		return value, nil
	case ok && age < Stale:
		c.refresh(key)
		return value, nil
	}
	return c.share(ctx, key)
}

// Find calls find with the value of a key and, if that answers ErrUnknown, once
// more with a value loaded anew: the name may be younger than the list. A key is
// loaded for this reason at most once a minute, whatever callers send.
func (c *Cache[K, V]) Find(ctx context.Context, key K, find func(V) error) error {
	_, _, had := c.kept(key)
	value, err := c.Get(ctx, key)
	if err != nil {
		return err
	}
	missed := find(value)
	// What this call has just loaded cannot be too old.
	if !errors.Is(missed, ErrUnknown) || !had || !c.mayRenew(key) {
		return missed
	}
	value, err = c.share(ctx, key)
	if err != nil {
		return missed // the name is unknown as far as anybody can tell
	}
	return find(value)
}

func (c *Cache[K, V]) kept(key K) (value V, age time.Duration, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[key]
	if e == nil {
		return value, 0, false
	}
	return e.value, time.Since(e.loaded), true
}

// mayRenew reports whether an unknown name may force a load now, and counts it.
func (c *Cache[K, V]) mayRenew(key K) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[key]
	if e == nil || time.Since(e.renewed) < RenewEvery {
		return e == nil
	}
	e.renewed = time.Now()
	return true
}

// share loads the value of a key, together with whoever asks for it now. The
// load is not ended by the caller who began it.
func (c *Cache[K, V]) share(ctx context.Context, key K) (V, error) {
	done := c.flight.DoChan(fmt.Sprintf("%#v", key), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTimeout)
		defer cancel()
		defer context.AfterFunc(c.ctx, cancel)()
		return c.renew(ctx, key)
	})
	select {
	case r := <-done:
		value, _ := r.Val.(V)
		return value, r.Err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

// refresh loads the value of a key in the background. A failure leaves the older
// value; the next caller tries again.
func (c *Cache[K, V]) refresh(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() != nil {
		return
	}
	c.wait.Go(func() { _, _ = c.share(c.ctx, key) })
}

func (c *Cache[K, V]) renew(ctx context.Context, key K) (V, error) {
	value, err := c.load(ctx, key)
	if err != nil {
		return value, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[key]
	if e == nil {
		e = &entry[V]{}
		c.entries[key] = e
	}
	e.value, e.loaded = value, time.Now()
	return value, nil
}
