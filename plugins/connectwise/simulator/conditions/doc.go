// Package conditions reads the vendor's query language, that of the
// "conditions", "childConditions" and "customFieldConditions" parameters
// (connectwise.md §5), and turns it into predicates over records.
//
//	expression = term { "or" term }
//	term       = factor { "and" factor }
//	factor     = "(" expression ")" | comparison
//	comparison = path operator value | path ["not"] "in" "(" value { "," value } ")"
//	operator   = "=" "!=" "<" "<=" ">" ">=" | ["not"] "contains" | ["not"] "like"
//	path       = name { "/" name }
//	value      = "text" | 'text' | integer | decimal | true | false | null | [datetime]
//
// Keywords and names are read regardless of case.
package conditions

import "fmt"

// Error is a refusal of an expression, in the vendor's words where they are
// known.
type Error struct {
	// Message is the vendor's message.
	Message string
}

func (e *Error) Error() string { return e.Message }

func refusef(format string, args ...any) error {
	return &Error{Message: fmt.Sprintf(format, args...)}
}

// UnknownName is the vendor's refusal of a name that a record does not have.
func UnknownName(name string) error {
	return refusef("%s is not a recognized name.", name)
}
