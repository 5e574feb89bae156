package contact

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// emails checks all addresses; the first is the main one.
func (d *contactDraft) emails(ctx context.Context) error {
	list := d.Input.GetEmails()
	if d.Input.HasEmail() && (len(list) == 0 || !strings.EqualFold(list[0], d.Input.GetEmail())) {
		return fault.InvalidArgument("email", "email and emails disagree: the main address is the first of emails; give one of the two, or both of the same")
	}
	for n, address := range list {
		path := fmt.Sprintf("emails[%d]", n)
		if slices.ContainsFunc(list[:n], func(a string) bool { return strings.EqualFold(a, address) }) {
			return fault.InvalidArgument(path, fmt.Sprintf("%q is there twice", address))
		}
		if err := checkAddress(path, address); err != nil {
			return err
		}
	}
	return d.fileBy(ctx, "emails", len(list)-d.count(anEmail))
}

// email checks the main address.
func (d *contactDraft) email(ctx context.Context) error {
	others := d.count(anEmail) - 1
	switch {
	case d.Has("emails"):
		return nil // they speak for it
	case d.Clears("email") && others > 0:
		return fault.InvalidArgument("email", fmt.Sprintf("the contact has %d more addresses, and the next one would become the main address; write emails to say which stay", others))
	case d.Clears("email"):
		return nil
	}
	if err := checkAddress("email", d.Input.GetEmail()); err != nil {
		return err
	}
	return d.fileBy(ctx, "email", 1-d.count(anEmail))
}

func checkAddress(path, address string) error {
	if !strings.Contains(strings.Trim(address, "@"), "@") || strings.ContainsAny(address, " \t\r\n;,<>") {
		return fault.InvalidArgument(path, fmt.Sprintf("%q is no e-mail address", address))
	}
	return nil
}

// number checks a telephone number.
func (d *contactDraft) number(ctx context.Context, field, text string, of which, asked func(string)) error {
	if d.Clears(field) {
		return nil
	}
	number, ext := cutNumber(text)
	if number == "" || strings.ContainsAny(number, "\r\n") {
		return fault.InvalidArgument(field, "give a number on one line, or null to clear")
	}
	asked(mapping.Number(number, ext))
	return d.fileBy(ctx, field, 1-d.count(of))
}

// count is how many ways of some sort the contact has.
func (d *contactDraft) count(of which) int { return len(newItems(d.current.Communications).of(of)) }

// fits says which types of ways a field is filed by.
var fits = map[string]func(setup.CommunicationType) bool{
	"emails": func(t setup.CommunicationType) bool { return t.Email },
	"email":  func(t setup.CommunicationType) bool { return t.Email },
	"phone":  func(t setup.CommunicationType) bool { return t.Phone && !t.Mobile() },
	"mobile": setup.CommunicationType.Mobile,
}

// sorts are what the fields hold, in words.
var sorts = map[string]string{
	"emails": "e-mail addresses", "email": "e-mail addresses", "phone": "telephone numbers",
	"mobile": "mobile numbers: one with Mobile or Cell in its name",
}

// fileBy finds the tenant's type that new ways of a field get, the default one
// where there are several. Nothing is looked up where none is new.
func (d *contactDraft) fileBy(ctx context.Context, field string, more int) error {
	if more <= 0 {
		return nil
	}
	types, err := d.Account.Tables.CommunicationTypes(ctx)
	if err != nil {
		return err
	}
	types = slices.DeleteFunc(slices.Clone(types), func(t setup.CommunicationType) bool { return !fits[field](t) })
	if len(types) == 0 {
		return fault.InvalidArgument(field, "this ConnectWise has no communication type for "+sorts[field]+"; an administrator can add one to its setup tables")
	}
	d.types[field] = types[max(0, slices.IndexFunc(types, func(t setup.CommunicationType) bool { return t.Default }))].ID
	return nil
}

// plan makes the ways to reach the contact what the pending fields ask for.
func (d *contactDraft) plan(pending []string) *items {
	list := newItems(d.current.Communications)
	is := func(field string) bool { return slices.Contains(pending, field) }
	switch {
	case d.Has("emails") && (is("emails") || is("email")):
		list.setEmails(d.Input.GetEmails(), d.types["emails"])
	case is("email") && d.Clears("email"):
		list.dropMain(anEmail)
	case is("email"):
		list.setMainEmail(d.Input.GetEmail(), d.types["email"])
	}
	if is("phone") {
		d.planNumber(list, "phone", d.Input.GetPhone(), otherNumber)
	}
	if is("mobile") {
		d.planNumber(list, "mobile", d.Input.GetMobile(), mobileNumber)
	}
	return list
}

func (d *contactDraft) planNumber(list *items, field, text string, of which) {
	if !d.Clears(field) {
		number, ext := cutNumber(text)
		list.setMain(of, item{Type: api.ID{ID: d.types[field]}, Value: number, Extension: ext, Kind: phone})
		return
	}
	if list.dropMain(of) {
		d.Warnings = append(d.Warnings, "the contact has more numbers of this sort: the next one took the place of "+field)
	}
}
