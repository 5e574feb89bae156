package seed

import (
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// The pods (parts of screens) that custom fields belong to.
const (
	// TicketPod is the service ticket's.
	TicketPod = 11
	// ProjectPod is the project ticket's.
	ProjectPod = 12
	// CompanyPod is the company's.
	CompanyPod = 1
	// ConfigurationPod is the configuration's.
	ConfigurationPod = 21
)

type customField struct {
	id       int64
	pod      int64
	caption  string
	kind     string
	entry    string
	decimals int64
	options  []string
}

var customFieldPlans = []customField{
	{1, TicketPod, "Asset Tag", "Text", "EntryField", 0, nil},
	{2, TicketPod, "Users Affected", "Number", "EntryField", 0, nil},
	{3, TicketPod, "Client Approved", "Checkbox", "EntryField", 0, nil},
	{4, TicketPod, "Maintenance Date", "Date", "Date", 0, nil},
	{5, TicketPod, "Root Cause", "Text", "List", 0, []string{"Hardware failure", "Software defect", "Configuration", "User education", "Third party", "Unknown"}},
	{6, TicketPod, "Coverage", "Text", "Option", 0, []string{"Gold", "Silver", "Block Time"}},
	{7, TicketPod, "Vendor Case Link", "Hyperlink", "EntryField", 0, nil},
	{8, TicketPod, "Quoted Amount", "Currency", "EntryField", 2, nil},
	{9, TicketPod, "Callback Number", "PhoneNumber", "EntryField", 0, nil},
	{10, TicketPod, "Access Instructions", "TextArea", "EntryField", 0, nil},
	{21, ProjectPod, "Story Points", "Number", "EntryField", 1, nil},
	{31, CompanyPod, "Onboarding Complete", "Checkbox", "EntryField", 0, nil},
	{32, CompanyPod, "Contract Tier", "Text", "List", 0, []string{"Essential", "Complete", "Co-managed"}},
	{41, ConfigurationPod, "Lifecycle Stage", "Text", "List", 0, []string{"In use", "Spare", "To be replaced"}},
	{42, ConfigurationPod, "Replacement Cost", "Currency", "EntryField", 2, nil},
}

func (b *builder) customFields() {
	screens := map[int64]string{TicketPod: "serviceTicket", ProjectPod: "projectTicket", CompanyPod: "company", ConfigurationPod: "configuration"}
	for i, f := range customFieldPlans {
		options := make([]any, len(f.options))
		for j, text := range f.options {
			options[j] = store.Object{
				"id": f.id*100 + int64(j) + 1, "optionValue": text, "defaultFlag": false, "inactiveFlag": false, "sortOrder": int64(j + 1),
			}
		}
		b.put(store.CustomFields, f.id, 0, store.Object{
			"podId": f.pod, "caption": f.caption, "sequenceNumber": int64(i + 1), "screenId": screens[f.pod],
			"fieldTypeIdentifier": f.kind, "numberDecimals": f.decimals, "entryTypeIdentifier": f.entry, "requiredFlag": false,
			"displayOnScreenFlag": true, "readOnlyFlag": false, "listViewFlag": i < 3, "options": options,
			"businessUnitIds": numbers(serviceDept, projectDept), "locationIds": numbers(headOffice, branchOffice),
			"dateCreated": date(b.start.AddDate(-3, 0, 0)),
		})
	}
}

// customValues gives a record every field of a pod, some of them set.
func (b *builder) customValues(pod int64, percent int) map[int64]any {
	values := map[int64]any{}
	for _, f := range customFieldPlans {
		if f.pod != pod {
			continue
		}
		values[f.id] = nil
		if f.kind == "Checkbox" {
			values[f.id] = false
		}
		if b.chance(percent) {
			values[f.id] = b.customValue(f)
		}
	}
	return values
}

func (b *builder) customValue(f customField) any {
	switch {
	case len(f.options) > 0:
		return pick(b, f.options)
	case f.kind == "Number":
		return float64(b.rng.IntN(40) + 1)
	case f.kind == "Currency":
		return float64(b.rng.IntN(200_000)+5_000) / 100
	case f.kind == "Checkbox":
		return true
	case f.kind == "Date":
		return date(b.start.AddDate(0, 0, b.rng.IntN(30)).Truncate(24 * time.Hour))
	case f.kind == "Hyperlink":
		return "https://support.vendor.example/cases/" + b.digits(7)
	case f.kind == "PhoneNumber":
		return "5035550" + b.digits(3)
	case f.kind == "TextArea":
		return pick(b, []string{
			"Ring the bell at the loading dock and ask for the office manager.",
			"Server room key is with reception.\nSign the visitor book first.",
			"Remote access only between 18:00 and 06:00.",
		})
	}
	return "HP-" + b.digits(5)
}

func (b *builder) digits(n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = '0' + byte(b.rng.IntN(10))
	}
	return string(out)
}
