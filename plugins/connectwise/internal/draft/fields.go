package draft

import (
	"fmt"
	"strings"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Text prepares a line of text that ConnectWise holds at most limit characters of;
// 0 is any number.
func (d *Draft[T]) Text(field, name, text string, limit int) error {
	if err := TooLong(field, text, limit); err != nil {
		return err
	}
	if strings.ContainsAny(text, "\r\n") {
		return fault.InvalidArgument(field, field+" is one line")
	}
	d.Set(field, name, text)
	return nil
}

// TooLong is the fault of a text of more than limit characters, or nil; 0 is any
// number.
func TooLong(field, text string, limit int) error {
	if n := len([]rune(text)); limit > 0 && n > limit {
		return fault.InvalidArgument(field, fmt.Sprintf("%s has %d characters; ConnectWise holds at most %d", field, n, limit))
	}
	return nil
}

// NeededText prepares a line of text that the record is never without.
func (d *Draft[T]) NeededText(field, name, text string, limit int) error {
	if strings.TrimSpace(text) == "" {
		return d.needed(field)
	}
	return d.Text(field, name, text, limit)
}

// CannotClear is the fault of a field that is to be emptied and that no record is
// without, or nil.
func (d *Draft[T]) CannotClear(field string) error {
	if d.Clears(field) {
		return d.needed(field)
	}
	return nil
}

// Stays is the fault of a field that is to be emptied and that no write empties, or
// nil. A new record may be without it.
func (d *Draft[T]) Stays(field string) error {
	if d.Clears(field) {
		return fault.InvalidArgument(field, fmt.Sprintf("ConnectWise cannot clear %s of a %s", field, d.Record))
	}
	return nil
}

func (d *Draft[T]) needed(field string) error {
	return fault.InvalidArgument(field, fmt.Sprintf("a %s at ConnectWise always has %s: it cannot be empty", d.Record, field))
}

// Day prepares a day, which ConnectWise holds as its first moment in UTC.
func (d *Draft[T]) Day(field, name, day string) error {
	if d.Clears(field) {
		d.Set(field, name, nil)
		return nil
	}
	t, err := time.Parse("2006-01-02", day)
	if err != nil {
		return fault.InvalidArgument(field, fmt.Sprintf("%s is a day such as 2026-11-23; there is no %q", field, day))
	}
	d.Set(field, name, api.FormatTime(t))
	return nil
}
