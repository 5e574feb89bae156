package api

import (
	"encoding/json"
	"strings"
	"time"
)

// Stamp is a point in time as the vendor writes it. What is empty or no time is
// the zero time: old records hold both.
type Stamp struct{ time.Time }

// UnmarshalJSON reads a time of any of the forms seen: some recorded ones have
// blanks after the colons.
func (s *Stamp) UnmarshalJSON(b []byte) error {
	text := strings.ReplaceAll(strings.Trim(string(b), `"`), ": ", ":")
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02"} {
		// The neutral API writes years of four digits.
		if t, err := time.Parse(layout, text); err == nil && t.UTC().Year() > 0 && t.UTC().Year() < 10000 {
			s.Time = t.UTC()
			return nil
		}
	}
	s.Time = time.Time{}
	return nil
}

// Ref is a reference as answers hold it.
type Ref struct {
	ID         int    `json:"id"`
	Name       string `json:"name"`
	Identifier string `json:"identifier"`
}

// IDOf is the id that a reference holds, 0 where there is none.
func IDOf(r *Ref) int {
	if r == nil {
		return 0
	}
	return r.ID
}

// Info is what the vendor keeps about every record.
type Info struct {
	LastUpdated Stamp  `json:"lastUpdated"`
	UpdatedBy   string `json:"updatedBy"`
	DateEntered Stamp  `json:"dateEntered"`
	EnteredBy   string `json:"enteredBy"`
}

// CustomField is a custom field of a record (connectwise.md §8).
type CustomField struct {
	ID          int             `json:"id"`
	Caption     string          `json:"caption"`
	Type        string          `json:"type"`
	EntryMethod string          `json:"entryMethod"`
	Value       json.RawMessage `json:"value"`
}

// Ticket is a ticket of either list: project tickets lack some members and have
// others (connectwise.md §7).
type Ticket struct {
	List                  TicketList    `json:"-"` // where it was read
	ID                    int           `json:"id"`
	Summary               string        `json:"summary"`
	RecordType            string        `json:"recordType"`
	Board                 *Ref          `json:"board"`
	Status                *Ref          `json:"status"`
	Type                  *Ref          `json:"type"`
	SubType               *Ref          `json:"subType"`
	Item                  *Ref          `json:"item"`
	Team                  *Ref          `json:"team"`
	Owner                 *Ref          `json:"owner"`
	Priority              *Ref          `json:"priority"`
	ServiceLocation       *Ref          `json:"serviceLocation"`
	Location              *Ref          `json:"location"`
	Department            *Ref          `json:"department"`
	Source                *Ref          `json:"source"`
	Company               *Ref          `json:"company"`
	Site                  *Ref          `json:"site"`
	Contact               *Ref          `json:"contact"`
	ContactName           string        `json:"contactName"`
	ContactEmail          string        `json:"contactEmailAddress"`
	RequiredDate          Stamp         `json:"requiredDate"`
	BudgetHours           *float64      `json:"budgetHours"`
	ActualHours           *float64      `json:"actualHours"`
	Agreement             *Ref          `json:"agreement"`
	WorkType              *Ref          `json:"workType"`
	Severity              string        `json:"severity"`
	Impact                string        `json:"impact"`
	ExternalXRef          string        `json:"externalXRef"`
	PONumber              *string       `json:"poNumber"`
	BillTime              *string       `json:"billTime"`
	CustomerUpdated       *bool         `json:"customerUpdatedFlag"`
	MailContact           *bool         `json:"automaticEmailContactFlag"`
	MailResource          *bool         `json:"automaticEmailResourceFlag"`
	MailCC                *bool         `json:"automaticEmailCcFlag"`
	CC                    string        `json:"automaticEmailCc"`
	ClosedFlag            bool          `json:"closedFlag"`
	ClosedDate            Stamp         `json:"closedDate"`
	DateResolved          Stamp         `json:"dateResolved"`
	DateResponded         Stamp         `json:"dateResponded"`
	RespondByGoal         Stamp         `json:"respondByGoalUTC"`
	ResolutionGoal        Stamp         `json:"resolutionGoalUTC"`
	IsInSLA               *bool         `json:"isInSla"`
	SLA                   *Ref          `json:"sla"`
	SLAStatus             string        `json:"slaStatus"`
	Resources             string        `json:"resources"`
	ParentTicketID        int           `json:"parentTicketId"`
	Project               *Ref          `json:"project"`
	Phase                 *Ref          `json:"phase"`
	WBSCode               *string       `json:"wbsCode"`
	IsIssue               bool          `json:"isIssueFlag"`
	MergedParent          *TicketRef    `json:"mergedParentTicket"`
	CustomFields          []CustomField `json:"customFields"`
	DateEnteredBefore2019 Stamp         `json:"dateEntered"`
	EnteredByBefore2019   string        `json:"enteredBy"`
	Info                  Info          `json:"_info"`
}

// TicketRef points at a ticket.
type TicketRef struct {
	ID      int    `json:"id"`
	Summary string `json:"summary"`
}

// RecordID is the id that lists are walked by.
func (t Ticket) RecordID() int { return t.ID }

// Note is a note of a ticket: of `notes`, or of `allNotes`, which also holds the
// texts of time entries (connectwise.md §9).
type Note struct {
	ID                int        `json:"id"`
	TicketID          int        `json:"ticketId"`
	Ticket            *TicketRef `json:"ticket"` // of allNotes: the ticket that it was written on
	NoteType          string     `json:"noteType"`
	Text              string     `json:"text"`
	IsMarkdown        bool       `json:"isMarkdownFlag"`
	DetailDescription bool       `json:"detailDescriptionFlag"`
	InternalAnalysis  bool       `json:"internalAnalysisFlag"`
	Resolution        bool       `json:"resolutionFlag"`
	Bundled           bool       `json:"bundledFlag"`
	Merged            bool       `json:"mergedFlag"`
	Member            *Ref       `json:"member"`
	Contact           *Ref       `json:"contact"`
	OriginalAuthor    string     `json:"originalAuthor"`
	CreatedBy         string     `json:"createdBy"`
	DateCreated       Stamp      `json:"dateCreated"`
	Info              Info       `json:"_info"`
}

// RecordID is the id that lists are walked by.
func (n Note) RecordID() int { return n.ID }
