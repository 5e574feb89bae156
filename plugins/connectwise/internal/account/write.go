package account

import (
	"context"
	"errors"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// Planned is the error of a write, where a dry run's "not sent" is none.
func Planned(err error) error {
	if errors.Is(err, vendorhttp.ErrDryRun) {
		return nil
	}
	return err
}

// Attribute says in a receipt whom the PSA lists as the writer, by login.
func (a *Account) Attribute(ctx context.Context, r *psav1.Receipt, login string) {
	names, err := a.Names(ctx)
	if err != nil {
		return // who it was is worth no failure of a write that is done
	}
	if p := mapping.PartyByLogin(login, names); p != nil {
		r.SetAttributedTo(p)
	}
}
