package pipeline

import "context"

// The stages of the write ledger. A write has its place in the path from the
// start; until the ledger keeps it, each passes it on.

// claim takes the write under its idempotency key.
func claim(ctx context.Context, inv *Invocation, next handler) error { return next(ctx, inv) }

// approve waits for a technician where the agent's group says so.
func approve(ctx context.Context, inv *Invocation, next handler) error { return next(ctx, inv) }

// markSent makes durable that the write is about to be sent.
func markSent(ctx context.Context, inv *Invocation, next handler) error { return next(ctx, inv) }

// settle keeps what became of the write.
func settle(ctx context.Context, inv *Invocation, next handler) error { return next(ctx, inv) }
