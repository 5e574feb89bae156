package mail

import (
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// OfTime is what a time entry tells ConnectWise about mail: flags that act once
// and are not kept, whatever the ticket and board mail on (connectwise.md §9,
// §10).
type OfTime struct {
	Contact     bool
	CC          bool
	Technicians bool
	// Asked says that the caller chose for somebody; where not, a change of an
	// entry leaves the flags out.
	Asked bool
	Known *psav1.Notification
}

// OnTime decides about mail because of a time entry. customer says that the
// customer may read the summary.
func (m People) OnTime(n *psav1.Notify, customer bool) (OfTime, error) {
	people := []struct {
		asked     psav1.Notify_Choice_V
		field     string
		reachable bool
		nobody    string
		outside   bool // at the customer
	}{
		{n.GetContact(), "notify.contact", m.contact.reachable, "the ticket has no contact with an address", true},
		{n.GetCc(), "notify.cc", m.cc.reachable, "nobody is copied on the ticket", true},
		{n.GetTechnicians(), "notify.technicians", m.technicians.reachable, "the ticket has no technician", false},
	}
	var sends [3]bool
	var nobody []string
	d := OfTime{}
	for i, p := range people {
		d.Asked = d.Asked || p.asked == Send || p.asked == Suppress
		switch {
		case p.asked != Send:
			continue
		case p.outside && !customer:
			return d, fault.InvalidArgument(p.field, p.field+" SEND mails the summary to the customer, who may not read it: set summary_visibility to CUSTOMER")
		case !p.reachable && !n.GetBestEffort():
			return d, fault.FailedPrecondition(cannotNotify, p.field+" SEND cannot be promised: "+p.nobody+"; set notify.best_effort to book the time all the same")
		}
		sends[i] = p.reachable
		if p.outside && !p.reachable {
			nobody = append(nobody, p.nobody)
		}
	}
	d.Contact, d.CC, d.Technicians = sends[0], sends[1], sends[2]
	d.Known = d.known(requested(n), nobody)
	return d, nil
}

func (d OfTime) known(asked psav1.Notify_Choice_V, nobody []string) *psav1.Notification {
	b := psav1.Notification_builder{Requested: new(asked), Expected: new(NotSent), Observed: new(NotSent)}
	var sent []string
	for _, flag := range []struct {
		name string
		on   bool
	}{{"emailContactFlag", d.Contact}, {"emailCcFlag", d.CC}, {"emailResourceFlag", d.Technicians}} {
		if flag.on {
			sent = append(sent, flag.name)
		}
	}
	switch {
	case d.Contact || d.CC:
		b.Expected, b.Observed = new(Sent), new(Unknown)
		b.Evidence = new("the time entry goes with " + strings.Join(sent, ", ") + "; ConnectWise does not tell whether it mailed")
	case asked == Send:
		b.Evidence = new(strings.Join(nobody, "; "))
	case len(sent) > 0:
		b.Evidence = new("the time entry mails technicians alone, with emailResourceFlag")
	default:
		b.Evidence = new("time entries mail nobody without an order to; only a workflow rule of the tenant could")
	}
	return b.Build()
}
