package draft

import (
	"context"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
)

// Refer makes a member the record that a field names; show takes over its id into
// what is asked.
func (d *Draft[T]) Refer(field, member string, id int, name string, show func(*psav1.Reference)) {
	show(mapping.NewReference(id, name))
	d.Set(field, member, api.ID{ID: id})
}

// Company prepares whose the record will be, and returns that company. leaves says
// that the record was another's: what belongs to that one cannot stay.
func (d *Draft[T]) Company(ctx context.Context, now api.Company, ref *psav1.Reference, show func(*psav1.Reference)) (found api.Company, leaves bool, err error) {
	if found, err = d.Account.PickCompany(ctx, ref); err != nil {
		return now, false, err
	}
	d.Refer("company", "company", found.ID, found.Name, show)
	return found, d.Change && found.ID != now.ID, nil
}

// Site prepares the place of the company that the record is at.
func (d *Draft[T]) Site(ctx context.Context, company api.Company, ref *psav1.Reference, show func(*psav1.Reference)) error {
	if d.Clears("site") {
		d.Set("site", "site", nil)
		return nil
	}
	found, err := d.Account.PickSite(ctx, company, ref)
	if err != nil {
		return err
	}
	d.Refer("site", "site", found.ID, found.Name, show)
	return nil
}

// Contact prepares the person at the company, and returns who it is.
func (d *Draft[T]) Contact(ctx context.Context, company api.Company, ref *psav1.ContactReference, show func(*psav1.ContactReference)) (api.Contact, error) {
	found, err := d.Account.PickContact(ctx, d.Record, company, ref)
	if err != nil {
		return found, err
	}
	show(psav1.ContactReference_builder{Id: new(strconv.Itoa(found.ID))}.Build())
	d.Set("contact", "contact", api.ID{ID: found.ID})
	return found, nil
}
