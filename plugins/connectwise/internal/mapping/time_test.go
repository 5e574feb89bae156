package mapping

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
)

func vendorEntry(t *testing.T, record string) *api.TimeEntry {
	t.Helper()
	var e api.TimeEntry
	if err := json.Unmarshal([]byte(record), &e); err != nil {
		t.Fatal(err)
	}
	return &e
}

func TestTimeEntry(t *testing.T) {
	t.Parallel()
	day := func(clock string) *timestamppb.Timestamp {
		at, err := time.Parse(time.RFC3339, "2026-03-02T"+clock+"Z")
		if err != nil {
			t.Fatal(err)
		}
		return timestamppb.New(at)
	}
	tests := map[string]struct {
		record string
		want   psav1.TimeEntry_builder
	}{
		"whole": {
			`{"id":7,"chargeToId":10300,"chargeToType":"ServiceTicket","member":{"id":5,"identifier":"dana"},"workType":{"id":3,"name":"Remote"},
			"workRole":{"id":4,"name":"Engineer"},"agreement":{"id":9,"name":"Gold"},"timeStart":"2026-03-02T09:00:00Z","timeEnd":"2026-03-02T10:00:00Z",
			"hoursDeduct":0.25,"actualHours":0.75,"hoursBilled":1.00,"billableOption":"NoCharge","notes":"a\r\nb","internalNotes":"c",
			"addToDetailDescriptionFlag":true,"status":"Open","_info":{"lastUpdated":"2026-03-02T11:00:00Z","dateEntered":"2026-03-02T10:30:00Z"}}`,
			psav1.TimeEntry_builder{
				Id: new("7"), Ticket: NewReference(10300, "10300"), Technician: NewReference(5, "dana"), WorkType: NewReference(3, "Remote"),
				WorkRole: NewReference(4, "Engineer"), Agreement: NewReference(9, "Gold"), StartedAt: day("09:00:00"), EndedAt: day("10:00:00"),
				DurationSeconds: new(int32(3600)), DeductSeconds: new(int32(900)), BilledSeconds: new(int32(3600)), Billing: new(psav1.Billing_NO_CHARGE),
				Summary: new("a\nb"), InternalNotes: new("c"), SummaryVisibility: new(psav1.Visibility_CUSTOMER), Locked: new(false),
				CreatedAt: day("10:30:00"), UpdatedAt: day("11:00:00"),
			},
		},
		"hours alone, of a project, billed": {
			`{"id":8,"chargeToId":5,"chargeToType":"ProjectTicket","timeStart":"2026-03-02T09:00:00Z","hoursDeduct":0.5,"actualHours":1.5,"billableOption":"NoDefault",
			"addToInternalAnalysisFlag":true,"status":"Billed","dateEntered":"2026-03-02T10:30:00Z"}`,
			psav1.TimeEntry_builder{
				Id: new("8"), Ticket: NewReference(5, "5"), StartedAt: day("09:00:00"), EndedAt: day("11:00:00"), DurationSeconds: new(int32(7200)),
				DeductSeconds: new(int32(1800)), SummaryVisibility: new(psav1.Visibility_INTERNAL), Locked: new(true),
				LockedReason: new("its status at ConnectWise is Billed"), CreatedAt: day("10:30:00"),
			},
		},
		"on a company, in the resolution, invoiced": {
			`{"id":9,"chargeToId":5,"chargeToType":"Company","addToResolutionFlag":true,"billableOption":"DoNotBill","invoice":{"id":3}}`,
			psav1.TimeEntry_builder{
				Id: new("9"), DeductSeconds: new(int32(0)), Billing: new(psav1.Billing_NON_BILLABLE), SummaryVisibility: new(psav1.Visibility_CUSTOMER),
				Locked: new(true), LockedReason: new("it is on invoice 3"),
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := TimeEntry(vendorEntry(t, test.record), Names{})
			if got.GetEtag() == "" {
				t.Error("it has no etag")
			}
			got.ClearEtag()
			if want := test.want.Build(); !proto.Equal(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

func TestLockedEntries(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]bool{
		"": false, "Open": false, "Rejected": false, "ErrorsCorrected": false, "PendingApproval": true, "PendingProjectApproval": true,
		"ApprovedByTierOne": true, "RejectBySecondTier": true, "ApprovedByTierTwo": true, "ReadyToBill": true, "Billed": true, "WrittenOff": true, "BilledAgreement": true,
	} {
		if got := locked(&api.TimeEntry{Status: status}) != ""; got != want {
			t.Errorf("%q is locked: %v", status, got)
		}
	}
	if locked(&api.TimeEntry{Status: "Open", InvoiceFlag: true}) == "" {
		t.Error("what is on an invoice can be changed")
	}
}

func TestBillingGoesThereAndBack(t *testing.T) {
	t.Parallel()
	for b, name := range billingOptions {
		back := billing(name)
		if b == psav1.Billing_UNSPECIFIED {
			if back != nil {
				t.Errorf("%s is %v", name, *back)
			}
			continue
		}
		if back == nil || *back != b || VendorBilling(b) != name {
			t.Errorf("%v is %s and back %v", b, name, back)
		}
	}
}

func TestWorkCatalogue(t *testing.T) {
	t.Parallel()
	w := WorkType(setup.WorkType{WorkType: api.WorkType{ID: 3, Name: "Remote", BillTime: "Billable", Default: true}}, 2)
	if w.GetId() != "3" || !w.GetActive() || !w.GetIsDefault() || w.GetSort() != 2 || w.GetBillingDefault() != psav1.Billing_BILLABLE {
		t.Errorf("work type %v", w)
	}
	if w := WorkType(setup.WorkType{WorkType: api.WorkType{ID: 3, Inactive: true}}, 0); w.GetActive() || w.HasBillingDefault() {
		t.Errorf("work type %v", w)
	}
	if r := WorkRole(setup.WorkRole{WorkRole: api.WorkRole{ID: 4, Name: "Engineer"}}, 1, true); r.GetId() != "4" || !r.GetActive() || !r.GetIsDefault() || r.GetSort() != 1 {
		t.Errorf("work role %v", r)
	}
}

func TestHeldValueOfAnOption(t *testing.T) {
	t.Parallel()
	list := setup.Field{UserDefinedField: api.UserDefinedField{Options: []api.UserDefinedOption{{ID: 5, Value: "Gold\u200b"}}}, Type: psav1.CustomFieldType_SELECT}
	if got := HeldValue(list, "Gold\u200b"); got.GetStringValue() != "5" {
		t.Errorf("got %v", got)
	}
	if got := []any{HeldValue(list, 7), HeldValue(setup.Field{Type: psav1.CustomFieldType_STRING}, "Gold")}; !slices.Equal(got, []any{(*structpb.Value)(nil), (*structpb.Value)(nil)}) {
		t.Errorf("got %v", got)
	}
}
