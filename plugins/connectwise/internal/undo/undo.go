// Package undo takes back what a write has made ahead of a step that failed.
package undo

import (
	"context"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Made is a record that was made ahead of the step that failed, in words for
// people.
type Made struct {
	There  string // "the note is written already, as note 7"
	Record string // "the note that was written ahead of it"
	Delete func(context.Context) error
}

// After returns the error of the step that failed with what became of the record.
// Where it is not known whether the step failed, the record stays.
func After(ctx context.Context, err error, made Made) error {
	e := *fault.From(err)
	switch {
	case lost.MayBeDone(err):
		e.Message += "; " + made.There
	case made.Delete(ctx) != nil:
		e.Message += "; " + made.There + " (it could not be taken back)"
	default:
		e.Message += "; " + made.Record + " was taken back"
		call.From(ctx).TookBack()
		e.Outcome = "" // the code speaks for itself, unless something else of the call is left
	}
	return &e
}
