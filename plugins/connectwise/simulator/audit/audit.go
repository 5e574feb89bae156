// Package audit holds the words of the audit trail. The trail is prose
// without old and new values apart (connectwise.md §12); its exact words are
// recorded nowhere, so all of them stand here.
package audit

import (
	"fmt"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// The sources of an entry, of those that the vendor's schema of a time
// entry's audit lists.
const (
	Member = "Member"
	API    = "API"
)

// Types are the kinds of records that have a trail (connectwise.md §12).
var Types = []string{
	"None", "Ticket", "Contact", "Company", "Opportunity", "Time", "Activity", "ProductCatalog", "ProjectTicket", "Purchasing",
	"Configuration", "Schedule", "Agreement", "AgreementAddition", "Project", "Invoice", "PurchaseOrder", "Expense", "ProductItem",
	"Survey", "Member", "PurchaseOrderLineItem", "Site",
}

// Created tells of a new record.
func Created(subject string) string { return subject + " has been created." }

// Deleted tells of a record that is gone.
func Deleted(subject string) string { return subject + " has been deleted." }

// Changed tells of a member that has another value.
func Changed(caption, from, to string) string {
	return fmt.Sprintf("%s has been changed from %q to %q.", caption, from, to)
}

// Added tells of something that a record has now.
func Added(what, name string) string { return fmt.Sprintf("%s %q has been added.", what, name) }

// Removed is the opposite of Added.
func Removed(what, name string) string { return fmt.Sprintf("%s %q has been removed.", what, name) }

// Entry is an entry of the trail of a record; date is as the API writes it.
func Entry(typ string, id int64, subType, text, date, by, source string) *store.Record {
	return &store.Record{Parent: id, Values: store.Object{
		"text": text, "enteredDate": date, "enteredBy": by, "auditType": typ, "auditSubType": subType, "auditSource": source,
	}}
}
