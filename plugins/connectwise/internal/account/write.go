package account

import (
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
func Attribute(r *psav1.Receipt, login string, names mapping.Names) {
	if p := mapping.PartyByLogin(login, names); p != nil {
		r.SetAttributedTo(p)
	}
}
