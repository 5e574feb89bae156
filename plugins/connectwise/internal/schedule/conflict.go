package schedule

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

const (
	// scheduleConflict is the code by which a caller accepts that a technician is
	// planned twice at a time.
	scheduleConflict = "schedule_conflict"
	// allowConflicts is the member by which ConnectWise takes an entry that
	// overlaps another. It is never true unless the caller has accepted that.
	allowConflicts = "allowScheduleConflictsFlag"
)

// accepted reports whether the caller has accepted that entries overlap.
func accepted(options *psav1.WriteOptions) bool {
	return slices.Contains(options.GetAccept(), scheduleConflict)
}

// maxShown is how many entries a confirmation names.
const maxShown = 5

// askFirst asks the caller to confirm where the technician is planned already. It
// looks by itself, since whether and how ConnectWise refuses an overlap is not
// recorded (connectwise.md §11), and so that a dry run and whoever approves the
// write learn of it too.
func (d *draft) askFirst(ctx context.Context) error {
	rows, err := api.List[api.ScheduleEntry](ctx, d.account.API, entriesPath, api.Query{
		Conditions: api.And(
			api.EqInt("member/id", d.memberID),
			api.Time("dateStart", api.Before, d.end), api.Time("dateEnd", api.After, d.start),
		),
		Fields: rowFields, OrderBy: "id asc", PageSize: api.WidePage,
	})
	if fault.CodeOf(err) == fault.CodePermissionDenied {
		return nil // ConnectWise itself is all there is to ask
	}
	if err != nil {
		return err
	}
	var texts []string
	for _, e := range rows {
		if d.current != nil && e.ID == d.current.ID || e.Done || !e.DateStart.Before(e.DateEnd.Time) {
			continue // itself, over, or an entry of the to-do list that takes no time
		}
		texts = append(texts, fmt.Sprintf("%s, %s to %s", e.Name, e.DateStart.Format(time.RFC3339), e.DateEnd.Format(time.RFC3339)))
	}
	if len(texts) == 0 {
		return nil
	}
	if more := len(texts) - maxShown; more > 0 {
		texts = append(texts[:maxShown], fmt.Sprintf("and %d more", more))
	}
	who := fmt.Sprintf("member %d", d.memberID)
	if m, ok := d.account.Tables.Member(ctx, d.memberID); ok {
		who = m.FullName()
	}
	return confirm(fmt.Sprintf("%s is planned already: %s", who, strings.Join(texts, "; ")))
}

func confirm(text string) *fault.Error {
	return fault.ConfirmationRequired(text, fault.Confirmation{Code: scheduleConflict, Text: text})
}

// overlaps is how a refusal of ConnectWise speaks of an overlap; the words
// themselves are not recorded.
var overlaps = regexp.MustCompile(`(?i)conflict|overlap|already (scheduled|booked)`)

// refused translates how ConnectWise refused a write: an overlap that came up
// since askFirst asks for the confirmation too.
func refused(err error) error {
	e := fault.From(err)
	if e == nil || e.Vendor == nil || !overlaps.MatchString(e.Vendor.Message) {
		return err
	}
	switch e.Code {
	case fault.CodeInvalidArgument, fault.CodeFailedPrecondition, fault.CodeConflict:
		return confirm("ConnectWise: "+e.Vendor.Message).WithVendor(e.Vendor.Status, e.Vendor.Code, e.Vendor.Message)
	}
	return err
}
