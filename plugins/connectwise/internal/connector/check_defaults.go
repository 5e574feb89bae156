package connector

import (
	"cmp"
	"fmt"

	"github.com/deskgate/deskgate/pluginsdk"
)

// defaults tells what the configuration's own names came to: they were found when
// the connection was made.
func (r *report) defaults(i *Instance) {
	workType, workRole := "ConnectWise's own", "ConnectWise's own"
	if w := i.account.TimeDefaults.WorkType; w != nil {
		workType = w.Name
	}
	if w := i.account.TimeDefaults.WorkRole; w != nil {
		workRole = w.Name
	}
	r.add("time_defaults", pluginsdk.OK, fmt.Sprintf("new time entries get by default: work type %s, work role %s", workType, workRole), "")

	status := cmp.Or(i.account.Config.MergeStatus, "the first closed one of their board")
	projects := "tickets of projects are not merged"
	if i.account.MergeField.ID != 0 {
		projects = "tickets of projects are merged with the custom field " + i.account.MergeField.Caption
	}
	r.add("merging", pluginsdk.OK, fmt.Sprintf("merged duplicates get the status: %s; %s", status, projects), "")
}
