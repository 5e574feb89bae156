package api

// The setup tables that tickets point at (connectwise.md §12). A poor security
// role reads only their /info forms, which carry less.

// Board is a queue.
type Board struct {
	ID            int    `json:"id"`
	Name          string `json:"name"`
	Inactive      bool   `json:"inactiveFlag"`
	Project       bool   `json:"projectFlag"`
	SendToContact *bool  `json:"sendToContactFlag"` // nil in the /info form: not known
	SendToCC      *bool  `json:"sendToCCFlag"`
	SendToMembers *bool  `json:"sendToResourceFlag"`
	Location      *Ref   `json:"location"`
	Department    *Ref   `json:"department"`
}

// BoardStatus is a status of a board. The /info form names the two flags
// differently.
type BoardStatus struct {
	ID               int    `json:"id"`
	Name             string `json:"name"`
	SortOrder        int    `json:"sortOrder"`
	Default          bool   `json:"defaultFlag"`
	Inactive         bool   `json:"inactive"`
	InactiveInfo     bool   `json:"inactiveFlag"`
	Closed           bool   `json:"closedStatus"`
	ClosedInfo       bool   `json:"closedFlag"`
	EscalationStatus string `json:"escalationStatus"`
	NoTime           bool   `json:"timeEntryNotAllowed"` // not in the /info form
}

// BoardType is a first level of a board's classification.
type BoardType struct {
	ID       int    `json:"id"`
	Name     string `json:"name"`
	Default  bool   `json:"defaultFlag"`
	Inactive bool   `json:"inactiveFlag"`
}

// BoardSubType is a second level, below the types that it names.
type BoardSubType struct {
	ID       int    `json:"id"`
	Name     string `json:"name"`
	Inactive bool   `json:"inactiveFlag"`
	TypeIDs  []int  `json:"typeAssociationIds"`
}

// BoardItem is a third level.
type BoardItem struct {
	ID       int    `json:"id"`
	Name     string `json:"name"`
	Inactive bool   `json:"inactiveFlag"`
}

// Association is a valid triple of a board's classification.
type Association struct {
	ID      int  `json:"id"`
	Type    *Ref `json:"type"`
	SubType *Ref `json:"subType"`
	Item    *Ref `json:"item"`
}

// Team is a dispatch pool of a board.
type Team struct {
	ID      int    `json:"id"`
	Name    string `json:"name"`
	Default bool   `json:"defaultFlag"`
	Members []int  `json:"members"`
}

// Priority is a priority.
type Priority struct {
	ID        int    `json:"id"`
	Name      string `json:"name"`
	SortOrder int    `json:"sortOrder"`
	Default   bool   `json:"defaultFlag"`
	Level     string `json:"level"`
}

// Source is a way for tickets to come in.
type Source struct {
	ID      int    `json:"id"`
	Name    string `json:"name"`
	Default bool   `json:"defaultFlag"`
}

// UserDefinedField is the definition of a custom field (connectwise.md §8).
type UserDefinedField struct {
	ID             int                 `json:"id"`
	PodID          int                 `json:"podId"`
	Caption        string              `json:"caption"`
	SequenceNumber int                 `json:"sequenceNumber"`
	ScreenID       string              `json:"screenId"`
	FieldType      string              `json:"fieldTypeIdentifier"`
	EntryType      string              `json:"entryTypeIdentifier"`
	Required       bool                `json:"requiredFlag"`
	ReadOnly       bool                `json:"readOnlyFlag"`
	Options        []UserDefinedOption `json:"options"`
}

// UserDefinedOption is a value of a list.
type UserDefinedOption struct {
	ID        int    `json:"id"`
	Value     string `json:"optionValue"`
	Default   bool   `json:"defaultFlag"`
	Inactive  bool   `json:"inactiveFlag"`
	SortOrder int    `json:"sortOrder"`
}

// RecordID is the id that lists are walked by.
func (b Board) RecordID() int { return b.ID }

// RecordID is the id that lists are walked by.
func (s BoardStatus) RecordID() int { return s.ID }

// RecordID is the id that lists are walked by.
func (t BoardType) RecordID() int { return t.ID }

// RecordID is the id that lists are walked by.
func (s BoardSubType) RecordID() int { return s.ID }

// RecordID is the id that lists are walked by.
func (i BoardItem) RecordID() int { return i.ID }

// RecordID is the id that lists are walked by.
func (a Association) RecordID() int { return a.ID }

// RecordID is the id that lists are walked by.
func (t Team) RecordID() int { return t.ID }

// RecordID is the id that lists are walked by.
func (p Priority) RecordID() int { return p.ID }

// RecordID is the id that lists are walked by.
func (s Source) RecordID() int { return s.ID }

// RecordID is the id that lists are walked by.
func (f UserDefinedField) RecordID() int { return f.ID }
