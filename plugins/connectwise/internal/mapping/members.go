package mapping

import (
	"encoding/json"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
)

// The types of members, short: the lists below are long.
const (
	isText   = psav1.CustomFieldType_TEXT
	isString = psav1.CustomFieldType_STRING
	isURL    = psav1.CustomFieldType_URL
	isBool   = psav1.CustomFieldType_BOOL
	isDate   = psav1.CustomFieldType_DATE
	isNumber = psav1.CustomFieldType_NUMBER
	isRecord = psav1.CustomFieldType_REFERENCE
	isSelect = psav1.CustomFieldType_SELECT
)

// builtinsOf are the members of records without a neutral place, by resource, in
// the order listed (connectwise.md §12); those of tickets are Builtins. What is a
// secret, such as a portal's password, is not among them.
var builtinsOf = map[setup.Resource][]Builtin{
	setup.Companies: {
		{Member: "territory", Label: "Territory", Type: isRecord},
		{Member: "market", Label: "Market", Type: isRecord},
		{Member: "defaultContact", Label: "Default contact", Type: isRecord},
		{Member: "calendar", Label: "Calendar", Type: isRecord},
		{Member: "billingTerms", Label: "Billing terms", Type: isRecord},
		{Member: "faxNumber", Label: "Fax number", Type: isString},
		{Member: "dateAcquired", Label: "Acquired on", Type: isDate},
		{Member: "numberOfEmployees", Label: "Employees", Type: isNumber},
		{Member: "annualRevenue", Label: "Annual revenue", Type: isNumber},
		{Member: "leadSource", Label: "Lead source", Type: isString},
		{Member: "leadFlag", Label: "Lead", Type: isBool},
		{Member: "isVendorFlag", Label: "Vendor", Type: isBool},
		{Member: "unsubscribeFlag", Label: "Unsubscribed", Type: isBool},
		{Member: "taxIdentifier", Label: "Tax identifier", Type: isString},
		{Member: "vendorIdentifier", Label: "Vendor identifier", Type: isString},
	},
	setup.Contacts: {
		{Member: "department", Label: "Department", Type: isRecord},
		{Member: "relationship", Label: "Relationship", Type: isRecord},
		{Member: "managerContact", Label: "Manager", Type: isRecord},
		{Member: "assistantContact", Label: "Assistant", Type: isRecord},
		{Member: "nickName", Label: "Nickname", Type: isString},
		{Member: "gender", Label: "Gender", Type: isSelect, Values: []string{"Female", "Male"}},
		{Member: "birthDay", Label: "Birthday", Type: isDate},
		{Member: "defaultFlag", Label: "Default contact of the company", Type: isBool},
		{Member: "defaultBillingFlag", Label: "Billing contact of the company", Type: isBool},
		{Member: "unsubscribeFlag", Label: "Unsubscribed", Type: isBool},
		{Member: "disablePortalLoginFlag", Label: "No login to the portal", Type: isBool},
		{Member: "linkedInUrl", Label: "LinkedIn", Type: isURL},
	},
	setup.Configurations: {
		{Member: "notes", Label: "Notes", Type: isText},
		{Member: "vendorNotes", Label: "Vendor notes", Type: isText},
		{Member: "location", Label: "Location", Type: isRecord},
		{Member: "department", Label: "Department", Type: isRecord},
		{Member: "vendor", Label: "Vendor", Type: isRecord},
		{Member: "installedBy", Label: "Installed by", Type: isRecord},
		{Member: "sla", Label: "Service level agreement", Type: isRecord},
		{Member: "purchaseDate", Label: "Purchased on", Type: isDate},
		{Member: "manufacturerPartNumber", Label: "Manufacturer's part number", Type: isString, Max: 50},
		{Member: "osInfo", Label: "Operating system, in detail", Type: isString, Max: 250},
		{Member: "cpuSpeed", Label: "Processor", Type: isString, Max: 100},
		{Member: "ram", Label: "Memory", Type: isString, Max: 25},
		{Member: "localHardDrives", Label: "Local drives", Type: isText},
		{Member: "defaultGateway", Label: "Default gateway", Type: isString, Max: 50},
		{Member: "lastLoginName", Label: "Last login", Type: isString, Max: 100},
		{Member: "managementLink", Label: "Management link", Type: isURL, Max: 1000},
		{Member: "remoteLink", Label: "Remote link", Type: isURL, Max: 1000},
		{Member: "billFlag", Label: "Billed", Type: isBool},
		{Member: "needsRenewalFlag", Label: "Needs renewal", Type: isBool},
	},
}

// BuiltinsOf returns the builtin fields of a resource, in the order listed.
func BuiltinsOf(r setup.Resource) []Builtin {
	if _, ofTickets := r.Tickets(); ofTickets {
		return Builtins
	}
	return builtinsOf[r]
}

// AddBuiltins adds the builtin fields that a record, as it came, holds.
func AddBuiltins(fields map[string]*structpb.Value, record json.RawMessage, builtins []Builtin) {
	var members map[string]json.RawMessage
	if json.Unmarshal(record, &members) != nil {
		return
	}
	for _, b := range builtins {
		if v := b.value(members[b.Member]); v != nil {
			fields[b.ID()] = v
		}
	}
}

// value maps the member that a builtin field is.
func (b Builtin) value(member json.RawMessage) *structpb.Value {
	if b.Type == isRecord {
		var ref *api.Ref
		if json.Unmarshal(member, &ref) != nil || Reference(ref) == nil {
			return nil
		}
		return structpb.NewStringValue(Reference(ref).GetId())
	}
	return customValue(api.CustomField{Value: member}, setup.Field{Type: b.Type})
}
