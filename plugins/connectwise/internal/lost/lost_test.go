package lost_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// ahead is how far the clock of the tests' ConnectWise is.
const ahead = 72 * time.Hour

func write(sent, given time.Time, others ...string) lost.Write {
	return lost.New(pluginsdk.LostWrite{SentAt: sent, LostAt: given, Others: others}, func(t time.Time) time.Time { return t.Add(ahead) }, lost.Settle)
}

func TestPick(t *testing.T) {
	t.Parallel()
	sent := time.Now().Add(-2 * time.Minute) // long settled
	at := func(id string, after time.Duration) lost.Record {
		return lost.Record{ID: id, Created: sent.Add(ahead + after).Truncate(time.Second)}
	}
	for name, c := range map[string]struct {
		records  []lost.Record
		others   []string
		at       int
		happened pluginsdk.Happened // where there is none
		says     string
	}{
		"none":                         {at: -1, happened: pluginsdk.WriteDidNot, says: "no note as asked"},
		"one":                          {records: []lost.Record{at("5", time.Second)}, at: 0},
		"one in the same second":       {records: []lost.Record{at("5", 0)}, at: 0},
		"one by a clock that is late":  {records: []lost.Record{at("5", -2*time.Second)}, at: 0},
		"one, and one from before":     {records: []lost.Record{at("4", -20*time.Second), at("5", time.Second)}, at: 1},
		"one, and one of another call": {records: []lost.Record{at("5", time.Second), at("6", time.Second)}, others: []string{"6"}, at: 0},
		"of another call":              {records: []lost.Record{at("6", time.Second)}, others: []string{"6"}, at: -1, happened: pluginsdk.WriteDidNot, says: "no note as asked"},
		"two":                          {records: []lost.Record{at("5", time.Second), at("6", time.Second)}, at: -1, happened: pluginsdk.WriteUnknown, says: "5, 6"},
		"one from shortly before":      {records: []lost.Record{at("5", -20*time.Second)}, at: -1, happened: pluginsdk.WriteUnknown, says: "shortly before"},
		"one from before":              {records: []lost.Record{at("5", -2*time.Minute)}, at: -1, happened: pluginsdk.WriteDidNot, says: "no note as asked"},
		"one without a date":           {records: []lost.Record{{ID: "5"}}, at: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, out := write(sent, sent.Add(time.Second), c.others...).Pick("note", c.records)
			if at != c.at || at < 0 && (out.Happened != c.happened || !strings.Contains(out.Reason, c.says) || out.AskAgain != 0) {
				t.Errorf("picked %d, %+v", at, out)
			}
		})
	}
}

// TestSettles follows the looks for a write that did not happen.
func TestSettles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := time.Now()
		time.Sleep(50 * time.Second) // the request left late in the call
		given := time.Now()
		var looks []time.Duration
		for {
			looks = append(looks, time.Since(given))
			out := write(sent, given).Absent("it is not there")
			if out.Happened == pluginsdk.WriteDidNot {
				if out.AskAgain != 0 || !strings.Contains(out.Reason, "30s after") {
					t.Errorf("at last %+v", out)
				}
				break
			}
			if out.Happened != pluginsdk.WriteUnknown || out.AskAgain <= 0 {
				t.Fatalf("after %s: %+v", looks[len(looks)-1], out)
			}
			time.Sleep(out.AskAgain)
		}
		if last := looks[len(looks)-1]; last != lost.Settle || len(looks) > 7 {
			t.Errorf("looked after %v", looks)
		}
		if out := write(sent, given).Unknown("half of it is there"); out.AskAgain != 0 {
			t.Errorf("what stays unknown: %+v", out)
		}
	})
}

func TestUnfit(t *testing.T) {
	t.Parallel()
	w := write(time.Now(), time.Now())
	if out, err := w.Unfit(fault.InvalidArgument("owner.name", "nobody is named so")); err != nil || out.Happened != pluginsdk.WriteUnknown || !strings.Contains(out.Reason, "nobody") {
		t.Errorf("%+v, %v", out, err)
	}
	if _, err := w.Unfit(fault.VendorError("it is down")); fault.CodeOf(err) != fault.CodeVendorError {
		t.Errorf("a look that failed: %v", err)
	}
}

func TestSameText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		same bool
	}{{"a b", "a\r\n b ", true}, {"", "\n", true}, {"a b", "a c", false}, {"a", "", false}} {
		if got := lost.SameText(c.a, c.b); got != c.same {
			t.Errorf("%q and %q are the same: %v", c.a, c.b, got)
		}
	}
}
