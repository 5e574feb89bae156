package account

import (
	"context"
	"errors"
	"net/http"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/receipt"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// Delete deletes the record of a path and reads it again, to say what became of
// it. The name is that of the step.
func (a *Account) Delete(ctx context.Context, name, path string) (*psav1.Receipt, error) {
	_, err := a.API.Do(ctx, vendorhttp.Request{Name: name, Method: http.MethodDelete, Path: path})
	if errors.Is(err, vendorhttp.ErrDryRun) {
		out := receipt.DryRun(call.From(ctx), a.API.Root())
		out.SetAttributedTo(Keyholder())
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	return receipt.Deleted(call.From(ctx), Keyholder(), a.Gone(ctx, path)), nil
}

// Gone reads the record of a path: not_found proves that there is none.
func (a *Account) Gone(ctx context.Context, path string) error {
	return a.API.Get(ctx, path, api.Query{Fields: []string{"id"}}, nil)
}
