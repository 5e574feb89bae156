package connector

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// byCategory is the status that a category means.
func byCategory(c psav1.Category_V) (string, error) {
	var allowed []string
	for _, s := range statuses.Values {
		if s.category == c {
			return s.id, nil
		}
		allowed = append(allowed, s.category.String())
	}
	return "", fault.InvalidArgument("status.category", fmt.Sprintf("My PSA has no status that means %s", c), allowed...)
}

// byLevel is the priority that a level means.
func byLevel(level int32) (string, error) {
	var allowed []string
	for _, p := range priorities.Values {
		if p.level == level {
			return p.id, nil
		}
		allowed = append(allowed, strconv.Itoa(int(p.level)))
	}
	return "", fault.InvalidArgument("priority.level", fmt.Sprintf("My PSA has no priority of level %d", level), allowed...)
}

// statusFilter are the statuses that a list's filters leave; nil is all.
func statusFilter(r *psav1.ListTicketsRequest) ([]string, error) {
	if len(r.GetStatus()) == 0 && len(r.GetStatusCategory()) == 0 {
		return nil, nil
	}
	var named []string
	for _, text := range r.GetStatus() {
		found, err := statuses.Filter("status", text)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			named = append(named, s.id)
		}
	}
	left := []string{}
	for _, s := range statuses.Values {
		if (len(r.GetStatus()) == 0 || slices.Contains(named, s.id)) &&
			(len(r.GetStatusCategory()) == 0 || slices.Contains(r.GetStatusCategory(), s.category)) {
			left = append(left, s.id)
		}
	}
	return left, nil
}
