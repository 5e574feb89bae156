package mail

import psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

// Lost is what is known of mail because of a write whose answer was lost, where
// what it told ConnectWise cannot be found out any more.
func Lost(n *psav1.Notify) *psav1.Notification {
	return psav1.Notification_builder{
		Requested: new(requested(n)), Expected: new(Unknown), Observed: new(Unknown),
		Evidence: new("the answer of the write was lost, and what it told ConnectWise about mail with it"),
	}.Build()
}
