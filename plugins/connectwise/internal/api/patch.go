package api

import (
	"context"
	"net/http"

	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// Op is one operation of a PATCH. They are applied in order. For members,
// replace alone is used: it also sets what the record does not hold yet, and null
// clears. Elements of an array are changed, added and removed by their index
// (connectwise.md §6).
type Op struct {
	Op    string `json:"op"`
	Path  string `json:"path"` // case-sensitive
	Value any    `json:"value"`
}

// Replace sets a member, or clears it with nil.
func Replace(path string, value any) Op { return Op{Op: "replace", Path: path, Value: value} }

// Add puts an element into an array, at its index.
func Add(path string, value any) Op { return Op{Op: "add", Path: path, Value: value} }

// Remove takes an element out of an array.
func Remove(path string) Op { return Op{Op: "remove", Path: path} }

// ID is a reference by id, as a write takes it.
type ID struct {
	ID int `json:"id"`
}

// Patch changes a record and reads what the server then holds.
func (c *Client) Patch(ctx context.Context, name, path string, ops []Op, into any) error {
	_, err := c.Do(ctx, vendorhttp.Request{Name: name, Method: http.MethodPatch, Path: path, JSON: ops, Into: into})
	return err
}

// Post creates a record and reads what the server then holds.
func (c *Client) Post(ctx context.Context, name, path string, body, into any) error {
	_, err := c.Do(ctx, vendorhttp.Request{Name: name, Method: http.MethodPost, Path: path, JSON: body, Into: into})
	return err
}
