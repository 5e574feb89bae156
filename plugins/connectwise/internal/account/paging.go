package account

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

const defaultPageSize = 50

// PageSize is how many rows a page has for what the caller asked.
func PageSize(asked int32) int {
	if asked <= 0 {
		return defaultPageSize
	}
	return int(asked)
}

// IDCursor is where the next page of a list by id begins: after this row.
type IDCursor struct {
	ID int `json:"i,omitempty"`
}

// NextToken is the token of the next page, or nil where there is none.
func NextToken(more bool, cursor any) (*string, error) {
	if !more {
		return nil, nil
	}
	token, err := paging.Encode(cursor)
	return &token, err
}

// RecordID reads the id of a record, such as a ticket, as it comes in a path.
// What is no number is no record.
func RecordID(what, id string) (int, error) {
	n, err := strconv.Atoi(id)
	if err != nil || n <= 0 || strconv.Itoa(n) != id {
		return 0, fault.NotFound(fmt.Sprintf("there is no %s %q at ConnectWise, where ids are numbers", what, id))
	}
	return n, nil
}

// Holds reports whether a text is part of one of these, in any case.
func Holds(text string, in ...string) bool {
	for _, s := range in {
		if strings.Contains(strings.ToLower(s), strings.ToLower(text)) {
			return true
		}
	}
	return false
}
