package timeentry

import (
	"fmt"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/draft"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// span is when work was done. What is deducted lies within it, and ConnectWise
// counts the rest (connectwise.md §10).
type span struct {
	start, end time.Time
	deduct     time.Duration
}

// spanOf says when the work is done that a write asks for: two of start, end and
// duration give the third; what is left out stays as it was, and a new entry that
// gives a duration alone ends now. filled are the fields that follow from those
// asked for. Whole seconds are kept, as the vendor does.
func spanOf(input *psav1.TimeEntry, asked func(field string) bool, before *span, now time.Time) (s span, filled []string, wrong []fault.Violation) {
	for _, field := range []string{"started_at", "ended_at", "duration_seconds"} {
		if asked(field) && !draft.Holds(input, field) {
			wrong = append(wrong, fault.Violation{Field: field, Message: "a time entry has always " + field + ": it cannot be cleared"})
		}
	}
	if len(wrong) > 0 {
		return s, nil, wrong
	}
	start, end := asked("started_at"), asked("ended_at")
	takes := asked("duration_seconds")
	duration := time.Duration(input.GetDurationSeconds()) * time.Second
	if before != nil {
		s = *before
	}
	if start {
		s.start = input.GetStartedAt().AsTime().Truncate(time.Second)
	}
	if end {
		s.end = input.GetEndedAt().AsTime().Truncate(time.Second)
	}
	fill := func(field string) { filled = append(filled, field) }
	switch {
	case start && end:
		fill("duration_seconds")
		if got := s.end.Sub(s.start); takes && got != duration {
			wrong = append(wrong, fault.Violation{Field: "duration_seconds", Message: fmt.Sprintf(
				"from started_at to ended_at are %d seconds, and duration_seconds says %d; what is deducted counts as part of it. Give two of the three", int(got.Seconds()), input.GetDurationSeconds())})
		}
	case takes && end:
		s.start = s.end.Add(-duration)
		fill("started_at")
	case takes && (start || before != nil):
		s.end = s.start.Add(duration)
		fill("ended_at")
	case takes:
		s.end = now.UTC().Truncate(time.Second)
		s.start = s.end.Add(-duration)
		fill("started_at")
		fill("ended_at")
	case start || end:
		fill("duration_seconds")
	}
	if asked("deduct_seconds") { // null is nothing, too
		s.deduct = time.Duration(input.GetDeductSeconds()) * time.Second
	}
	return s, filled, append(wrong, s.check(asked)...)
}

// check says what no work can be like.
func (s span) check(asked func(field string) bool) []fault.Violation {
	whole := s.end.Sub(s.start)
	switch {
	case whole < 0:
		field := "ended_at"
		if !asked(field) {
			field = "started_at"
		}
		return []fault.Violation{{Field: field, Message: fmt.Sprintf("the work ends at %s, before it starts at %s", s.end.Format(time.RFC3339), s.start.Format(time.RFC3339))}}
	case s.deduct > whole:
		field := "deduct_seconds"
		if !asked(field) {
			field = "duration_seconds"
		}
		return []fault.Violation{{Field: field, Message: fmt.Sprintf("%d seconds are deducted of %d that the work takes", int(s.deduct.Seconds()), int(whole.Seconds()))}}
	}
	return nil
}

// hours is a duration as the vendor keeps it.
func hours(d time.Duration) float64 { return d.Hours() }
