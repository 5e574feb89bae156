package api

import "strings"

// Member is a technician, or an API account (connectwise.md §12).
type Member struct {
	ID             int      `json:"id"`
	Identifier     string   `json:"identifier"`
	FirstName      string   `json:"firstName"`
	LastName       string   `json:"lastName"`
	LicenseClass   string   `json:"licenseClass"`
	Inactive       bool     `json:"inactiveFlag"`
	PrimaryEmail   string   `json:"primaryEmail"`
	OfficeEmail    string   `json:"officeEmail"`
	WorkRole       *Ref     `json:"workRole"`
	Location       *Ref     `json:"defaultLocation"`
	TimeZone       *Ref     `json:"timeZone"`
	Calendar       *Ref     `json:"calendar"`
	DailyCapacity  *float64 `json:"dailyCapacity"` // hours that a day is planned with
	ExcludedBoards []int    `json:"excludedServiceBoardIds"`
	Info           Info     `json:"_info"`
}

// RecordID is the id that lists are walked by.
func (m Member) RecordID() int { return m.ID }

// FullName is first and last name.
func (m Member) FullName() string { return strings.TrimSpace(m.FirstName + " " + m.LastName) }

// Email is the address that the member is reached at.
func (m Member) Email() string {
	if m.PrimaryEmail != "" {
		return m.PrimaryEmail
	}
	return m.OfficeEmail
}

// APIOnly reports whether the member is an account for programs, which cannot
// hold time.
func (m Member) APIOnly() bool { return m.LicenseClass == "A" }

// Company is a customer.
type Company struct {
	ID               int           `json:"id"`
	Identifier       string        `json:"identifier"`
	Name             string        `json:"name"`
	Status           *Ref          `json:"status"`
	Types            []Ref         `json:"types"`
	AddressLine1     string        `json:"addressLine1"`
	AddressLine2     string        `json:"addressLine2"`
	City             string        `json:"city"`
	State            string        `json:"state"`
	Zip              string        `json:"zip"`
	Country          *Ref          `json:"country"`
	PhoneNumber      string        `json:"phoneNumber"`
	Website          string        `json:"website"`
	AccountNumber    string        `json:"accountNumber"`
	ParentCompany    *Ref          `json:"parentCompany"`
	TerritoryManager *Ref          `json:"territoryManager"`
	Deleted          bool          `json:"deletedFlag"`
	CustomFields     []CustomField `json:"customFields"`
	Info             Info          `json:"_info"`
}

// RecordID is the id that lists are walked by.
func (c Company) RecordID() int { return c.ID }

// Site is a place of a customer (connectwise.md §12).
type Site struct {
	ID           int    `json:"id"`
	Name         string `json:"name"`
	AddressLine1 string `json:"addressLine1"`
	AddressLine2 string `json:"addressLine2"`
	City         string `json:"city"`
	State        *Ref   `json:"stateReference"`
	Zip          string `json:"zip"`
	Country      *Ref   `json:"country"`
	PhoneNumber  string `json:"phoneNumber"`
	Primary      bool   `json:"primaryAddressFlag"`
	Inactive     bool   `json:"inactiveFlag"`
	InactiveOld  bool   `json:"inactive"` // how older servers name it
	Company      *Ref   `json:"company"`
}

// RecordID is the id that lists are walked by.
func (s Site) RecordID() int { return s.ID }

// InUse reports whether the site is in use.
func (s Site) InUse() bool { return !s.Inactive && !s.InactiveOld }

// Contact is a person at a customer.
type Contact struct {
	ID             int                 `json:"id"`
	FirstName      string              `json:"firstName"`
	LastName       string              `json:"lastName"`
	Company        *Ref                `json:"company"`
	Site           *Ref                `json:"site"`
	Title          string              `json:"title"`
	Inactive       bool                `json:"inactiveFlag"`
	Communications []CommunicationItem `json:"communicationItems"`
	CustomFields   []CustomField       `json:"customFields"`
	Info           Info                `json:"_info"`
}

// CommunicationItem is a way to reach a contact.
type CommunicationItem struct {
	ID        int    `json:"id"`
	Type      *Ref   `json:"type"`
	Value     string `json:"value"`
	Extension string `json:"extension"`
	Default   bool   `json:"defaultFlag"`
	Kind      string `json:"communicationType"` // Email, Fax or Phone
}

// RecordID is the id that lists are walked by.
func (c Contact) RecordID() int { return c.ID }

// FullName is first and last name.
func (c Contact) FullName() string { return strings.TrimSpace(c.FirstName + " " + c.LastName) }
