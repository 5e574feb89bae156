package api

// TimeEntry is work that a member booked (connectwise.md §10).
type TimeEntry struct {
	ID              int           `json:"id"`
	ChargeToID      int           `json:"chargeToId"`
	ChargeToType    string        `json:"chargeToType"` // ServiceTicket, ProjectTicket; others are no tickets
	Member          *Ref          `json:"member"`
	WorkType        *Ref          `json:"workType"`
	WorkRole        *Ref          `json:"workRole"`
	Agreement       *Ref          `json:"agreement"`
	Location        *Ref          `json:"location"`
	LocationID      int           `json:"locationId"`
	TimeStart       Stamp         `json:"timeStart"`
	TimeEnd         Stamp         `json:"timeEnd"`
	HoursDeduct     *float64      `json:"hoursDeduct"`
	ActualHours     *float64      `json:"actualHours"` // without those deducted
	HoursBilled     *float64      `json:"hoursBilled"`
	BillableOption  string        `json:"billableOption"`
	Notes           string        `json:"notes"`
	InternalNotes   string        `json:"internalNotes"`
	ToDiscussion    bool          `json:"addToDetailDescriptionFlag"`
	ToInternal      bool          `json:"addToInternalAnalysisFlag"`
	ToResolution    bool          `json:"addToResolutionFlag"`
	Status          string        `json:"status"`
	Invoice         *Ref          `json:"invoice"`
	InvoiceFlag     bool          `json:"invoiceFlag"`
	CustomFields    []CustomField `json:"customFields"`
	DateEnteredFlat Stamp         `json:"dateEntered"` // also in _info on newer servers
	Info            Info          `json:"_info"`
}

// RecordID is the id that lists are walked by.
func (t TimeEntry) RecordID() int { return t.ID }

// WorkType is a kind of work. The /info form names the default differently and
// does not tell how the work is billed.
type WorkType struct {
	ID          int    `json:"id"`
	Name        string `json:"name"`
	BillTime    string `json:"billTime"`
	Inactive    bool   `json:"inactiveFlag"`
	Default     bool   `json:"overallDefaultFlag"`
	DefaultInfo bool   `json:"defaultFlag"`
}

// RecordID is the id that lists are walked by.
func (w WorkType) RecordID() int { return w.ID }

// WorkRole is a role that work is done in.
type WorkRole struct {
	ID       int    `json:"id"`
	Name     string `json:"name"`
	Inactive bool   `json:"inactiveFlag"`
}

// RecordID is the id that lists are walked by.
func (w WorkRole) RecordID() int { return w.ID }

// LocationWorkRole allows a role at a location (connectwise.md §10).
type LocationWorkRole struct {
	ID           int  `json:"id"`
	WorkRole     *Ref `json:"workRole"`
	RoleInactive bool `json:"workRoleInactiveFlag"`
}

// RecordID is the id that lists are walked by.
func (w LocationWorkRole) RecordID() int { return w.ID }
