package trouble

import (
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// faults are the checks of what calls answer when something goes wrong at the PSA.
func faults() []suite.Check {
	needs := []string{simulated.Requests, simulated.Faults}
	checks := []suite.Check{{
		Name: "faults/read_refused", About: "A read that the PSA refuses says so in the right code, with the PSA's words, and works again afterwards.",
		Operations: []string{"tickets.list", "tickets.get"}, Needs: needs,
		Run: func(t *suite.T) { readThrough(t, func(tr trouble) bool { return tr.refused || tr.limited }) },
	}, {
		Name: "faults/read_failed", About: "A read that the PSA fails at is tried at most three times, and fails as vendor_error with the PSA's words.",
		Operations: []string{"tickets.list", "tickets.get"}, Needs: needs,
		Run: func(t *suite.T) { readThrough(t, func(tr trouble) bool { return !tr.refused && !tr.limited }) },
	}, {
		Name: "faults/every_read", About: "Every read says when it could not read: a right that is missing and a PSA that is down are no empty lists.",
		Operations: []string{"tickets.list"}, Needs: needs,
		Run: func(t *suite.T) {
			reads := readings(t)
			for _, tr := range troubles() {
				if tr.name == "a 403" || tr.name == "a 503" {
					readInTrouble(t, tr, reads)
				}
			}
		},
	}}
	return append(checks, eachChange("faults",
		"A write that fails at the PSA says what is known of it, is not sent a second time, and works again afterwards.", writeThrough)...)
}

// readThrough leads a list and a record through troubles.
func readThrough(t *suite.T, pick func(trouble) bool) {
	list := reading{"tickets.list", t.Request("tickets.list")}
	x := &ids{t: t, found: map[string]string{}}
	record := reading{"tickets.get", x.request("tickets.get")}
	if record.request == nil {
		t.NotRun("there is no ticket")
	}
	for _, tr := range troubles() {
		switch {
		case !pick(tr) || len(tr.reads) == 0:
		case tr.ofRecords:
			readInTrouble(t, tr, []reading{record})
		case tr.reason == fault.ReasonLoginRefused: // two in a row would end the tries
			readInTrouble(t, tr, []reading{list})
			readInTrouble(t, tr, []reading{record})
		default:
			readInTrouble(t, tr, []reading{list, record})
		}
	}
}

// writeThrough leads a write through all troubles.
func writeThrough(t *suite.T, c change) {
	marks := marker{about: "faults"}
	for _, tr := range troubles() {
		if len(tr.writes) == 0 {
			continue
		}
		mark := marks.next()
		request := c.prepare(t, mark)
		writeInTrouble(t, c, tr, request, mark)
	}
}

// writeInTrouble makes a write whose first request that writes meets trouble, and
// makes it again without.
func writeInTrouble(t *suite.T, c change, tr trouble, request proto.Message, mark string) {
	v := vendor{t}
	writes := planned(t, c.operation, request)
	v.forget()
	placed := v.place(writes[0].on(tr.fault))
	response, _, err := send(t.Context(), t, t.Conn(), c.operation, request)
	v.lift(placed)
	sent := len(writes[0].of(v.log()))
	happened := c.found(t, request, mark)
	if sent == 0 {
		t.Fatalf("%s sends no %s %s, which its dry run has planned: it answers %s", c.operation, writes[0].method, writes[0].pattern, suite.Words(err))
	}
	tr.judge(t, c, response, err, sent, happened)
	if len(happened) > 0 {
		return
	}
	// It is as if it had never been sent: it can be made now.
	_, _, err = send(t.Context(), t, t.Conn(), c.operation, request)
	if again := c.found(t, request, mark); err != nil || len(again) != 1 {
		t.Errorf("%s does not work again after %s: %s, and it has happened %d times", c.operation, tr.name, suite.Words(err), len(again))
	}
}

// judge holds what a write answered against what was sent and what has happened.
func (tr trouble) judge(t *suite.T, c change, response proto.Message, err error, sent int, happened []string) {
	if sent > 1 && !tr.refused && !tr.limited {
		t.Errorf("%s meets %s, after which it may have happened, and is sent %d times: a write is never repeated", c.operation, tr.name, sent)
	}
	if sent > maxTries {
		t.Errorf("%s meets %s and is sent %d times", c.operation, tr.name, sent)
	}
	if len(happened) > 1 {
		t.Errorf("%s meets %s, and has happened %d times: %v", c.operation, tr.name, len(happened), happened)
	}
	if err == nil {
		// It may have looked by itself, or have been sent again after a refusal.
		if len(happened) != 1 {
			t.Errorf("%s meets %s and answers as done, and it has happened %d times", c.operation, tr.name, len(happened))
		} else if id := shownAs(response); c.makes && id != happened[0] {
			t.Errorf("%s meets %s and answers the record %s; the one that was made is %s", c.operation, tr.name, id, happened[0])
		}
		return
	}
	f := suite.Fault(err)
	if !slices.Contains(tr.writes, f.Code) {
		t.Errorf("%s meets %s and answers %s; the code is %s", c.operation, tr.name, suite.Words(err), oneOf(tr.writes))
	}
	switch {
	case tr.refused && f.Outcome == fault.Unknown:
		t.Errorf("%s meets %s and says that the outcome is unknown: the PSA has refused, so nothing was written", c.operation, tr.name)
	case !tr.refused && !tr.limited && f.Outcome != fault.Unknown:
		t.Errorf("%s meets %s and says of the outcome %q: the write was sent and may have happened, which is UNKNOWN", c.operation, tr.name, f.Outcome)
	}
	tr.told(t, c.operation, f)
}
