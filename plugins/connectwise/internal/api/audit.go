package api

import (
	"context"
	"fmt"
)

// AuditEntry is a line of the audit trail: prose, without an id and without the
// values before and after (connectwise.md §12).
type AuditEntry struct {
	Text        string `json:"text"`
	EnteredDate Stamp  `json:"enteredDate"`
	EnteredBy   string `json:"enteredBy"`
	Type        string `json:"auditType"`
	SubType     string `json:"auditSubType"`
	Source      string `json:"auditSource"`
}

// AuditTrail reads the whole trail of a record, such as of type Ticket. It comes
// in pages of 1,000 by number alone: lines that are added meanwhile can repeat one
// at the edge of a page, and never hide one.
func (c *Client) AuditTrail(ctx context.Context, recordType string, id int) ([]AuditEntry, error) {
	return Pages[AuditEntry](ctx, c, fmt.Sprintf("system/audittrail?type=%s&id=%d", recordType, id), Query{})
}
