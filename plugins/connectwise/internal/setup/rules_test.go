package setup

import (
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/neutral"
)

func TestCategoryOfAStatus(t *testing.T) {
	t.Parallel()
	config, err := neutral.ParseCategories(map[string]string{"Parked": "WAITING_OTHER", "Projects/Closed": "RESOLVED"})
	if err != nil {
		t.Fatal(err)
	}
	tables := New(nil, config, neutral.Levels{})
	t.Cleanup(tables.Close)
	const byConfig, system, label, fallback = psav1.CategorySource_CONFIG, psav1.CategorySource_SYSTEM, psav1.CategorySource_LABEL, psav1.CategorySource_DEFAULT
	tests := []struct {
		board, name, escalation string
		closed                  bool
		want                    psav1.Category_V
		source                  psav1.CategorySource_V
	}{
		{"Desk", "Parked", "NotResponded", false, psav1.Category_WAITING_OTHER, byConfig},
		{"Projects", "Closed", "", true, psav1.Category_RESOLVED, byConfig},
		{"Desk", "New", "NotResponded", true, psav1.Category_CLOSED, system}, // the flag proves it
		{"Desk", "Whatever", "NotResponded", false, psav1.Category_NEW, system},
		{"Desk", "Working", "Responded", false, psav1.Category_IN_PROGRESS, system},
		{"Desk", "Waiting on client", "Responded", false, psav1.Category_WAITING_CUSTOMER, label},
		{"Desk", "Completed soon", "ResolutionPlan", false, psav1.Category_IN_PROGRESS, system},
		{"Desk", "Done", "Resolved", false, psav1.Category_RESOLVED, system},
		{"Desk", "Waiting parts", "NoEscalation", false, psav1.Category_WAITING_OTHER, label},
		{"Desk", "With client", "NoEscalation", false, psav1.Category_WAITING_CUSTOMER, label},
		{"Desk", "Blorb", "NoEscalation", false, psav1.Category_WAITING_OTHER, system},
		{"Desk", "Completed", "", false, psav1.Category_RESOLVED, label}, // open by its setup
		{"Desk", "Blorb", "", false, psav1.Category_IN_PROGRESS, fallback},
	}
	for _, test := range tests {
		got, source := tables.category(Status{Board: test.board, Name: test.name, Closed: test.closed}, test.escalation)
		if got != test.want || source != test.source {
			t.Errorf("%s/%s %s closed=%t: got %s by %s, want %s by %s", test.board, test.name, test.escalation, test.closed, got, source, test.want, test.source)
		}
	}
}

func TestLevelOfAPriority(t *testing.T) {
	t.Parallel()
	config, err := neutral.ParseLevels(map[string]string{"Gold": "1"})
	if err != nil {
		t.Fatal(err)
	}
	tables := New(nil, neutral.Categories{}, config)
	t.Cleanup(tables.Close)
	for _, test := range []struct {
		name, level string
		index       int
		want        int32
	}{
		{"Gold", "Low", 3, 1},
		{"Priority 2 - Quick Response", "High", 3, 2},
		{"Scheduled Maintenance", "Low", 0, 5}, // the vendor's enum has no word for it
		{"Do Not Respond - No SLA", "Medium", 0, 5},
		{"Critical", "", 3, 1},
		{"Blorb", "", 2, 3},
	} {
		if got := tables.level(api.Priority{Name: test.name, Level: test.level}, test.index, 4); got != test.want {
			t.Errorf("%s (%s): got %d, want %d", test.name, test.level, got, test.want)
		}
	}
}

func TestFieldTypes(t *testing.T) {
	t.Parallel()
	for in, want := range map[[2]string]psav1.CustomFieldType_V{
		{"Text", "EntryField"}: psav1.CustomFieldType_STRING, {"Text", "List"}: psav1.CustomFieldType_SELECT,
		{"Number", "Option"}: psav1.CustomFieldType_SELECT, {"TextArea", "EntryField"}: psav1.CustomFieldType_TEXT,
		{"Percent", "EntryField"}: psav1.CustomFieldType_NUMBER, {"Currency", ""}: psav1.CustomFieldType_NUMBER,
		{"Checkbox", "EntryField"}: psav1.CustomFieldType_BOOL, {"Date", "Date"}: psav1.CustomFieldType_DATE,
		{"Hyperlink", "EntryField"}: psav1.CustomFieldType_URL, {"IPAddress", "EntryField"}: psav1.CustomFieldType_STRING,
		{"Button", ""}: psav1.CustomFieldType_STRING, {"Password", ""}: psav1.CustomFieldType_STRING,
	} {
		if got := FieldType(in[0], in[1]); got != want {
			t.Errorf("%v: got %s, want %s", in, got, want)
		}
	}
}
