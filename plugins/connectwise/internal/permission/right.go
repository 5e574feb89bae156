// Package permission tells what the security role of the API member allows, per
// operation: from the levels that the role grants for each module function
// (connectwise.md §2).
package permission

import (
	"fmt"
	"slices"
	"strings"
)

// Function is a module function, in the words of the security role's screen.
type Function struct{ Module, Name string }

// The module functions that operations need.
var (
	ServiceTickets      = Function{"Service Desk", "Service Tickets"}
	CloseServiceTickets = Function{"Service Desk", "Close Service Tickets"}
	MergeTickets        = Function{"Service Desk", "Merge Tickets"}
	ResourceScheduling  = Function{"Service Desk", "Resource Scheduling"}
	ProjectTickets      = Function{"Project", "Project Tickets"}
	CloseProjectTickets = Function{"Project", "Close Project Tickets"}
	TimeEntry           = Function{"Time & Expense", "Time Entry"}
	CompanyMaintenance  = Function{"Companies", "Company Maintenance"}
	Contacts            = Function{"Companies", "Contacts"}
	Configurations      = Function{"Companies", "Configurations"}
	ManageDocuments     = Function{"Companies", "Manage Documents"}
	MemberMaintenance   = Function{"System", "Member Maintenance"}
	TableSetup          = Function{"System", "Table Setup"}
	SecurityRoles       = Function{"System", "Security Roles"}
)

// String is where the screen has the function: "Service Desk > Service Tickets".
func (f Function) String() string { return f.Module + " > " + f.Name }

// Level is a column of the security role's screen.
type Level int

// The levels, in the order of the screen.
const (
	Add Level = iota
	Edit
	Delete
	Inquire
)

// Levels are all of them.
var Levels = []Level{Add, Edit, Delete, Inquire}

func (l Level) String() string { return [...]string{"Add", "Edit", "Delete", "Inquire"}[l] }

// Right is a level of a function.
type Right struct {
	Function Function
	Level    Level
}

// String is the right as the screen sets it: "Service Desk > Service Tickets: Add All".
func (r Right) String() string { return fmt.Sprintf("%s: %s All", r.Function, r.Level) }

// words says rights in one line, those of a function together.
func words(rights []Right) string {
	var order []Function
	levels := map[Function][]string{}
	for _, r := range rights {
		if !slices.Contains(order, r.Function) {
			order = append(order, r.Function)
		}
		if name := r.Level.String(); !slices.Contains(levels[r.Function], name) {
			levels[r.Function] = append(levels[r.Function], name)
		}
	}
	parts := make([]string, len(order))
	for n, f := range order {
		parts[n] = f.String() + ": " + list(levels[f]) + " All"
	}
	return strings.Join(parts, "; ")
}

// list joins words as in a sentence.
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// Advice is what to grant of a function: to read, and what writes need besides.
func Advice(f Function) string {
	var write []string
	for _, l := range Levels {
		if l != Inquire && slices.Contains(Wanted(), Right{f, l}) {
			write = append(write, l.String())
		}
	}
	if len(write) == 0 {
		return Right{f, Inquire}.String()
	}
	return fmt.Sprintf("%s (%s All to write)", Right{f, Inquire}, list(write))
}
