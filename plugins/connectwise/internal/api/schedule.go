package api

// ScheduleEntry is a time of a member: on a ticket, on a sales activity, or off
// work (connectwise.md §11). One without dates says only that the member is
// assigned to the ticket.
type ScheduleEntry struct {
	ID               int      `json:"id"`
	ObjectID         int      `json:"objectId"` // the ticket or activity, by the type
	Name             string   `json:"name"`     // made by the vendor
	Member           *Ref     `json:"member"`
	DateStart        Stamp    `json:"dateStart"`
	DateEnd          Stamp    `json:"dateEnd"`
	Hours            *float64 `json:"hours"`
	Status           *Ref     `json:"status"`
	Type             *Ref     `json:"type"`
	Done             bool     `json:"doneFlag"`
	NotificationSent *bool    `json:"notificationSent"`
	Info             Info     `json:"_info"`
}

// RecordID is the id that lists are walked by.
func (e ScheduleEntry) RecordID() int { return e.ID }

// Dated reports whether the entry is a time, and not an assignment alone.
func (e ScheduleEntry) Dated() bool { return !e.DateStart.IsZero() && !e.DateEnd.IsZero() }

// ScheduleStatus says how firm an entry is.
type ScheduleStatus struct {
	ID        int    `json:"id"`
	Name      string `json:"name"`
	Default   bool   `json:"defaultFlag"`
	Tentative bool   `json:"showAsTentativeFlag"`
}

// RecordID is the id that lists are walked by.
func (s ScheduleStatus) RecordID() int { return s.ID }

// ScheduleType says what an entry is about.
type ScheduleType struct {
	ID         int    `json:"id"`
	Name       string `json:"name"`
	Identifier string `json:"identifier"` // one letter
	ChargeCode *Ref   `json:"chargeCode"` // what time off and the like is booked on
}

// RecordID is the id that lists are walked by.
func (t ScheduleType) RecordID() int { return t.ID }

// Calendar is the working hours of a week. Times are those of the wall clock
// where the member is; a day without them is a day off. Its members are those of
// the 2022.1 and later specifications; how a time of day is written is not
// recorded (connectwise.md §16).
type Calendar struct {
	ID             int    `json:"id"`
	Name           string `json:"name"`
	HolidayList    *Ref   `json:"holidayList"`
	MondayStart    string `json:"mondayStartTime"`
	MondayEnd      string `json:"mondayEndTime"`
	TuesdayStart   string `json:"tuesdayStartTime"`
	TuesdayEnd     string `json:"tuesdayEndTime"`
	WednesdayStart string `json:"wednesdayStartTime"`
	WednesdayEnd   string `json:"wednesdayEndTime"`
	ThursdayStart  string `json:"thursdayStartTime"`
	ThursdayEnd    string `json:"thursdayEndTime"`
	FridayStart    string `json:"fridayStartTime"`
	FridayEnd      string `json:"fridayEndTime"`
	SaturdayStart  string `json:"saturdayStartTime"`
	SaturdayEnd    string `json:"saturdayEndTime"`
	SundayStart    string `json:"sundayStartTime"`
	SundayEnd      string `json:"sundayEndTime"`
}

// RecordID is the id that lists are walked by.
func (c Calendar) RecordID() int { return c.ID }

// Holiday is a day of a list of holidays, or hours of one.
type Holiday struct {
	ID        int    `json:"id"`
	Name      string `json:"name"`
	AllDay    *bool  `json:"allDayFlag"` // nil means yes
	Date      string `json:"date"`
	TimeStart string `json:"timeStart"`
	TimeEnd   string `json:"timeEnd"`
}

// RecordID is the id that lists are walked by.
func (h Holiday) RecordID() int { return h.ID }

// TimeZoneSetup is a time zone under the tenant's own name for it.
type TimeZoneSetup struct {
	ID       int    `json:"id"`
	Name     string `json:"name"`
	TimeZone *Ref   `json:"timeZone"` // the system's name, such as "Eastern Standard Time"
	Default  bool   `json:"defaultFlag"`
}

// RecordID is the id that lists are walked by.
func (z TimeZoneSetup) RecordID() int { return z.ID }
