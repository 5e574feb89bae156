package mail

import (
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Ordered reports whether a caller orders mail to the contact.
func Ordered(n *psav1.Notify) bool { return n.GetContact() == Send }

// OnEdit decides about mail because of a changed text that the customer sees.
// people are needed where mail is ordered. Mail about a change is the exception:
// without an order ConnectWise is told to notify nobody. It notifies everybody or
// nobody, so that copies and technicians get mail together with the contact
// alone.
func OnEdit(n *psav1.Notify, people People) (Decision, error) {
	if Ordered(n) {
		return people.OnNote(n)
	}
	return onQuietEdit(n)
}

// OnInternalEdit decides about mail because of a changed text that only
// technicians see.
func OnInternalEdit(n *psav1.Notify) (Decision, error) {
	if Ordered(n) {
		return Decision{}, fault.InvalidArgument("notify.contact", "the note is internal: no customer is mailed about it", "DEFAULT", "SUPPRESS")
	}
	return onQuietEdit(n)
}

func onQuietEdit(n *psav1.Notify) (Decision, error) {
	var wrong []fault.Violation
	refuse := func(field string, c psav1.Notify_Choice_V) {
		if c == Send {
			wrong = append(wrong, fault.Violation{
				Field: field, Allowed: []string{"DEFAULT", "SUPPRESS"},
				Message: "ConnectWise notifies everybody or nobody of a changed note: " + field + " SEND needs notify.contact SEND",
			})
		}
	}
	refuse("notify.cc", n.GetCc())
	refuse("notify.technicians", n.GetTechnicians())
	if len(wrong) > 0 {
		return Decision{}, fault.Invalid(wrong...)
	}
	return Decision{Known: psav1.Notification_builder{
		Requested: new(choice(n.GetContact())), Expected: new(NotSent), Observed: new(NotSent),
		Evidence: new("the change told ConnectWise to run no notifications"),
	}.Build()}, nil
}
