package timeentry

import (
	"errors"
	"slices"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// at is a time of the day of the tests, which end at 12:00:00.
func at(clock string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, "2026-03-02T"+clock+"Z")
	if err != nil {
		panic(err)
	}
	return t
}

func stamp(clock string) *timestamppb.Timestamp { return timestamppb.New(at(clock)) }

type entry = psav1.TimeEntry_builder

func TestSpan(t *testing.T) {
	t.Parallel()
	now := at("12:00:00.75")
	was := span{start: at("08:00:00"), end: at("09:00:00"), deduct: 10 * time.Minute}
	const started, ended, takes, deducts = "started_at", "ended_at", "duration_seconds", "deduct_seconds"
	tests := map[string]struct {
		input      entry
		asked      []string
		before     *span
		start, end string
		deduct     time.Duration
		filled     []string
		wrong      string // the field of the one violation
	}{
		"a duration alone ends now":          {input: entry{DurationSeconds: new(int32(900))}, asked: []string{takes}, start: "11:45:00", end: "12:00:00", filled: []string{started, ended}},
		"what is deducted is part of it":     {input: entry{DurationSeconds: new(int32(900)), DeductSeconds: new(int32(300))}, asked: []string{takes, deducts}, start: "11:45:00", end: "12:00:00", deduct: 5 * time.Minute, filled: []string{started, ended}},
		"no time at all":                     {input: entry{DurationSeconds: new(int32(0))}, asked: []string{takes}, start: "12:00:00", end: "12:00:00", filled: []string{started, ended}},
		"start and duration":                 {input: entry{StartedAt: stamp("10:00:00"), DurationSeconds: new(int32(60))}, asked: []string{started, takes}, start: "10:00:00", end: "10:01:00", filled: []string{ended}},
		"end and duration":                   {input: entry{EndedAt: stamp("10:00:00"), DurationSeconds: new(int32(60))}, asked: []string{ended, takes}, start: "09:59:00", end: "10:00:00", filled: []string{started}},
		"both times":                         {input: entry{StartedAt: stamp("10:00:00.9"), EndedAt: stamp("10:30:00")}, asked: []string{started, ended}, start: "10:00:00", end: "10:30:00", filled: []string{takes}},
		"all three that agree":               {input: entry{StartedAt: stamp("10:00:00"), EndedAt: stamp("10:30:00"), DurationSeconds: new(int32(1800))}, asked: []string{started, ended, takes}, start: "10:00:00", end: "10:30:00", filled: []string{takes}},
		"all three that do not":              {input: entry{StartedAt: stamp("10:00:00"), EndedAt: stamp("10:30:00"), DurationSeconds: new(int32(1799))}, asked: []string{started, ended, takes}, wrong: takes},
		"the end before the start":           {input: entry{StartedAt: stamp("10:00:00"), EndedAt: stamp("09:00:00")}, asked: []string{started, ended}, wrong: ended},
		"more deducted than worked":          {input: entry{DurationSeconds: new(int32(60)), DeductSeconds: new(int32(61))}, asked: []string{takes, deducts}, wrong: deducts},
		"update: nothing about the time":     {before: &was, start: "08:00:00", end: "09:00:00", deduct: 10 * time.Minute},
		"update: longer":                     {input: entry{DurationSeconds: new(int32(7200))}, asked: []string{takes}, before: &was, start: "08:00:00", end: "10:00:00", deduct: 10 * time.Minute, filled: []string{ended}},
		"update: it began earlier":           {input: entry{StartedAt: stamp("07:30:00")}, asked: []string{started}, before: &was, start: "07:30:00", end: "09:00:00", deduct: 10 * time.Minute, filled: []string{takes}},
		"update: it ended later":             {input: entry{EndedAt: stamp("09:30:00")}, asked: []string{ended}, before: &was, start: "08:00:00", end: "09:30:00", deduct: 10 * time.Minute, filled: []string{takes}},
		"update: moved":                      {input: entry{StartedAt: stamp("10:00:00"), DurationSeconds: new(int32(3600))}, asked: []string{started, takes}, before: &was, start: "10:00:00", end: "11:00:00", deduct: 10 * time.Minute, filled: []string{ended}},
		"update: nothing deducted any more":  {asked: []string{deducts}, before: &was, start: "08:00:00", end: "09:00:00"},
		"update: too short for its deducted": {input: entry{DurationSeconds: new(int32(300))}, asked: []string{takes}, before: &was, wrong: takes},
		"update: it begins after its end":    {input: entry{StartedAt: stamp("09:30:00")}, asked: []string{started}, before: &was, wrong: started},
		"update: the start is cleared":       {asked: []string{started}, before: &was, wrong: started},
		"update: the duration is cleared":    {asked: []string{takes}, before: &was, wrong: takes},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := func(field string) bool { return slices.Contains(test.asked, field) }
			got, filled, wrong := spanOf(test.input.Build(), asked, test.before, now)
			if test.wrong != "" {
				if len(wrong) != 1 || wrong[0].Field != test.wrong || wrong[0].Message == "" {
					t.Errorf("wrong is %+v, want %s", wrong, test.wrong)
				}
				return
			}
			want := span{start: at(test.start), end: at(test.end), deduct: test.deduct}
			if len(wrong) > 0 || got != want || !slices.Equal(filled, test.filled) {
				t.Errorf("got %v, filled %v, wrong %v; want %v, filled %v", got, filled, wrong, want, test.filled)
			}
		})
	}
}

func TestViolationsOfEntriesSpeakOfTechnicians(t *testing.T) {
	t.Parallel()
	err := inCallersWords(fault.Invalid(fault.Violation{Field: "author"}, fault.Violation{Field: "summary"}))
	if v := fault.From(err).Violations; v[0].Field != "technician" || v[1].Field != "summary" {
		t.Errorf("violations %+v", v)
	}
	if err := fault.NotFound("x"); !errors.Is(inCallersWords(err), err) {
		t.Error("another fault was changed")
	}
}
