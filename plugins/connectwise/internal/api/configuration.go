package api

import "encoding/json"

// Configuration is a thing that is looked after (connectwise.md §12).
type Configuration struct {
	ID               int             `json:"id"`
	Name             string          `json:"name"`
	Type             *Ref            `json:"type"`
	Status           *Ref            `json:"status"`
	Company          *Ref            `json:"company"`
	Site             *Ref            `json:"site"`
	Contact          *Ref            `json:"contact"`
	DeviceIdentifier string          `json:"deviceIdentifier"`
	SerialNumber     string          `json:"serialNumber"`
	ModelNumber      string          `json:"modelNumber"`
	TagNumber        string          `json:"tagNumber"`
	InstallationDate Stamp           `json:"installationDate"`
	WarrantyUntil    Stamp           `json:"warrantyExpirationDate"`
	MACAddress       string          `json:"macAddress"`
	IPAddress        string          `json:"ipAddress"`
	OSType           string          `json:"osType"`
	OSInfo           string          `json:"osInfo"`
	ParentID         int             `json:"parentConfigurationId"`
	Manufacturer     *Ref            `json:"manufacturer"`
	Active           *bool           `json:"activeFlag"`
	Questions        []Row[Question] `json:"questions"`
	CustomFields     []CustomField   `json:"customFields"`
	Info             Info            `json:"_info"`
}

// RecordID is the id that lists are walked by.
func (c Configuration) RecordID() int { return c.ID }

// Question is a question of a configuration's type with its answer.
type Question struct {
	QuestionID int             `json:"questionId"`
	Question   string          `json:"question"`
	Answer     json.RawMessage `json:"answer"`
	FieldType  string          `json:"fieldType"`
	Required   bool            `json:"requiredFlag"`
}

// ConfigurationType is a kind of configuration.
type ConfigurationType struct {
	ID       int    `json:"id"`
	Name     string `json:"name"`
	Inactive bool   `json:"inactiveFlag"`
}

// RecordID is the id that lists are walked by.
func (t ConfigurationType) RecordID() int { return t.ID }

// ConfigurationStatus is a status of a configuration; its name is called a
// description.
type ConfigurationStatus struct {
	ID          int    `json:"id"`
	Description string `json:"description"`
	Default     bool   `json:"defaultFlag"`
}

// RecordID is the id that lists are walked by.
func (s ConfigurationStatus) RecordID() int { return s.ID }

// TypeQuestion is a question that configurations of a type answer.
type TypeQuestion struct {
	ID        int     `json:"id"`
	Question  string  `json:"question"`
	FieldType string  `json:"fieldType"`
	EntryType string  `json:"entryType"`
	Sequence  float64 `json:"sequenceNumber"`
	Required  bool    `json:"requiredFlag"`
	Inactive  bool    `json:"inactiveFlag"`
}

// RecordID is the id that lists are walked by.
func (q TypeQuestion) RecordID() int { return q.ID }

// QuestionValue is an answer that a question takes.
type QuestionValue struct {
	ID       int    `json:"id"`
	Value    string `json:"value"`
	Inactive bool   `json:"inactiveFlag"`
}

// RecordID is the id that lists are walked by.
func (v QuestionValue) RecordID() int { return v.ID }

// Manufacturer is a maker of things.
type Manufacturer struct {
	ID       int    `json:"id"`
	Name     string `json:"name"`
	Inactive bool   `json:"inactiveFlag"`
}

// RecordID is the id that lists are walked by.
func (m Manufacturer) RecordID() int { return m.ID }

// CommunicationType is a way to reach contacts: which there are is the tenant's.
// Its name is called a description.
type CommunicationType struct {
	ID          int    `json:"id"`
	Description string `json:"description"`
	Phone       bool   `json:"phoneFlag"`
	Fax         bool   `json:"faxFlag"`
	Email       bool   `json:"emailFlag"`
	Default     bool   `json:"defaultFlag"`
	Disabled    bool   `json:"disabled"`
}

// RecordID is the id that lists are walked by.
func (t CommunicationType) RecordID() int { return t.ID }
