package access

import "context"

type contextKey struct{}

// NewContext returns a context that carries the calling agent, for the
// operations that the gateway itself serves.
func NewContext(ctx context.Context, id *Identity) context.Context {
	return context.WithValue(ctx, contextKey{}, id)
}

// FromContext returns the calling agent; nil outside a call.
func FromContext(ctx context.Context) *Identity {
	id, _ := ctx.Value(contextKey{}).(*Identity)
	return id
}
