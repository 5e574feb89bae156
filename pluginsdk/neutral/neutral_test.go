package neutral_test

import (
	"errors"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/neutral"
)

func TestCategoryByLabel(t *testing.T) {
	t.Parallel()
	tests := map[string]psav1.Category_V{
		"New":                       psav1.Category_NEW,
		"new (email connector)":     psav1.Category_NEW,
		"Not Started":               psav1.Category_NEW,
		"Renewed":                   psav1.Category_IN_PROGRESS,
		"Waiting on Client":         psav1.Category_WAITING_CUSTOMER,
		"Pending customer response": psav1.Category_WAITING_CUSTOMER,
		"On Hold - Awaiting Caller": psav1.Category_WAITING_CUSTOMER,
		"With User":                 psav1.Category_WAITING_CUSTOMER,
		"Waiting Parts":             psav1.Category_WAITING_OTHER,
		"With Supplier":             psav1.Category_WAITING_OTHER,
		"On hold":                   psav1.Category_WAITING_OTHER,
		"Third Party":               psav1.Category_WAITING_OTHER,
		"Closed":                    psav1.Category_CLOSED,
		"Completed (no survey)":     psav1.Category_CLOSED,
		"Cancelled":                 psav1.Category_CLOSED,
		"Canceled":                  psav1.Category_CLOSED,
		"Resolved":                  psav1.Category_RESOLVED,
		"Incomplete":                psav1.Category_IN_PROGRESS,
		"Ready to close":            psav1.Category_IN_PROGRESS,
		"Unresolved":                psav1.Category_IN_PROGRESS,
		"Customer Note Added":       psav1.Category_IN_PROGRESS,
		"In Bearbeitung":            psav1.Category_IN_PROGRESS,
		"Waiting to be closed":      psav1.Category_WAITING_OTHER, // the first rule that fits
		"":                          psav1.Category_IN_PROGRESS,
	}
	for name, want := range tests {
		if got, _ := neutral.CategoryByLabel(name); got != want {
			t.Errorf("%q: got %s, want %s", name, got, want)
		}
	}
	if _, source := neutral.CategoryByLabel("Blorb"); source != psav1.CategorySource_DEFAULT {
		t.Errorf("a name that says nothing is known by %s", source)
	}
	if _, source := neutral.CategoryByLabel("New"); source != psav1.CategorySource_LABEL {
		t.Errorf("a name that says something is known by %s", source)
	}
}

func TestConfiguredCategories(t *testing.T) {
	t.Parallel()
	c, err := neutral.ParseCategories(map[string]string{"Parked": "WAITING_OTHER", "Dispatch/Parked": "NEW"})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[[2]string]psav1.Category_V{
		{"Dispatch", "parked"}: psav1.Category_NEW,
		{"Network", "Parked"}:  psav1.Category_WAITING_OTHER,
		{"Network", "Other"}:   psav1.Category_UNSPECIFIED,
	} {
		if got, ok := c.Of(at[0], at[1]); got != want || ok != (want != 0) {
			t.Errorf("%v: got %s", at, got)
		}
	}
	for _, bad := range []string{"new", "UNSPECIFIED", "", "DONE"} {
		_, err := neutral.ParseCategories(map[string]string{"Parked": bad})
		if e, ok := errors.AsType[*neutral.ConfigError](err); !ok || e.Key != "Parked" || len(e.Allowed) != 6 {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestLevels(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int32{
		"Priority 1 - Critical": 1, "EMERGENCY": 1, "High": 2, "Priority 3 - Normal Response": 3, "Medium": 3,
		"Low": 4, "Scheduled Maintenance": 5, "No SLA": 5, "Blorb": 0, "Highway": 0,
	} {
		if got, ok := neutral.LevelByLabel(name); got != want || ok != (want != 0) {
			t.Errorf("%q: got %d, %t; want %d", name, got, ok, want)
		}
	}
	for n := 1; n <= 12; n++ {
		last := int32(0)
		for i := range n {
			level := neutral.LevelByPosition(i, n)
			if level < last || level < 1 || level > 5 {
				t.Errorf("place %d of %d is level %d after %d", i, n, level, last)
			}
			last = level
		}
	}
	l, err := neutral.ParseLevels(map[string]string{"Gold": "1"})
	if got, ok := l.Of("gold"); err != nil || got != 1 || !ok {
		t.Errorf("got %d, %t, %v", got, ok, err)
	}
	for _, bad := range []string{"0", "6", "high", ""} {
		if _, err := neutral.ParseLevels(map[string]string{"Gold": bad}); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
