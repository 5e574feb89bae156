package connector

import (
	"fmt"
	"time"

	"github.com/deskgate/deskgate/pluginsdk"
)

// maxSkew is how far the clocks may be apart: records are listed, and lost writes
// looked for, by times of ConnectWise, and time entries begin by times of callers.
const maxSkew = time.Minute

// clock compares ConnectWise's clock, by the Date of its answers, with ours.
func (r *report) clock(i *Instance) {
	ours := i.account.Now().UTC()
	r.clockAt(i.account.API.VendorTime(ours), ours)
}

func (r *report) clockAt(theirs, ours time.Time) {
	skew := theirs.Sub(ours).Abs().Round(time.Second)
	if skew <= maxSkew {
		r.add("clock", pluginsdk.OK, fmt.Sprintf("the clocks of ConnectWise and of this machine are less than %d seconds apart", int(maxSkew.Seconds())), "")
		return
	}
	r.add("clock", pluginsdk.Warning,
		fmt.Sprintf("the clock of ConnectWise shows %s, that of this machine %s: more than %d seconds apart",
			theirs.Format(time.RFC3339), ours.Format(time.RFC3339), int(maxSkew.Seconds())),
		"set this machine's clock by NTP, or have that of your own ConnectWise server set")
}
