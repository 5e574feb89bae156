package trouble

import (
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// trouble is something that goes wrong at the PSA, and what a call that meets it
// has to answer.
type trouble struct {
	name  string
	fault simulated.Fault
	// reads and writes are the codes of which one is right; none leaves the kind of
	// call out.
	reads, writes []fault.Code
	// refused says that the PSA has refused: nothing was written, and that is known.
	// Otherwise nobody can know what became of a write.
	refused bool
	// ofRecords leaves lists out.
	ofRecords bool
	// limited says that a limit was hit: whether that is a refusal, only the
	// connector knows of its PSA.
	limited bool
	// reason is the fault's, where there is one to tell.
	reason string
	// words have to be among the PSA's own words in the error.
	words string
}

// maxTries is how often a request may be tried that is safe to repeat.
const maxTries = 3

// unknown are the codes of a write of which nobody knows what became. A connector
// that looks by itself may know better.
var unknown = []fault.Code{fault.CodeOutcomeUnknown}

// down are the words of a PSA that is down.
const down = "Back when the harvest is in."

func troubles() []trouble {
	failed := []fault.Code{fault.CodeVendorError}
	lost := []fault.Code{fault.CodeVendorError, fault.CodeConnectionDown}
	login := []fault.Code{fault.CodeConnectionDown}
	limited := []fault.Code{fault.CodeRateLimited}
	return []trouble{{
		name: "a 401", fault: simulated.Fault{Fault: simulated.Answers, Status: 401}, reads: login, writes: login, refused: true, reason: fault.ReasonLoginRefused,
	}, {
		name: "a 403", fault: simulated.Fault{Fault: simulated.Answers, Status: 403}, refused: true, reason: fault.ReasonPSA,
		reads: []fault.Code{fault.CodePermissionDenied}, writes: []fault.Code{fault.CodePermissionDenied},
	}, {
		// Of a list it may mean that there is nothing, and is left out.
		name: "a 404", fault: simulated.Fault{Fault: simulated.Answers, Status: 404}, refused: true, ofRecords: true,
		reads: []fault.Code{fault.CodeNotFound, fault.CodeVendorError}, writes: []fault.Code{fault.CodeNotFound, fault.CodeVendorError},
	}, {
		name: "a 409", fault: simulated.Fault{Fault: simulated.Answers, Status: 409}, refused: true,
		writes: []fault.Code{fault.CodeConflict, fault.CodeFailedPrecondition, fault.CodeAlreadyExists},
	}, {
		name:  "a 429 that asks for a second's pause",
		fault: simulated.Fault{Fault: simulated.Answers, Status: 429, Headers: map[string]string{"Retry-After": "1"}},
		reads: limited, writes: limited, limited: true,
	}, {
		name: "a 500", fault: simulated.Fault{Fault: simulated.Answers, Status: 500}, reads: failed, writes: unknown,
	}, {
		name: "a 500 after the deed", fault: simulated.Fault{Fault: simulated.AnswersAfter, Status: 500}, writes: unknown,
	}, {
		name:  "a 502 with a web page",
		fault: simulated.Fault{Fault: simulated.HTML, Status: 502, Body: text("<html><title>" + down + "</title></html>")},
		reads: failed, writes: unknown, words: down,
	}, {
		name: "a 503", fault: simulated.Fault{Fault: simulated.Answers, Status: 503, Body: text(down)}, reads: failed, writes: unknown, words: down,
	}, {
		name: "a web page in place of an answer", fault: simulated.Fault{Fault: simulated.HTML}, reads: failed, writes: unknown,
	}, {
		name: "half an answer", fault: simulated.Fault{Fault: simulated.Truncate}, reads: failed, writes: unknown,
	}, {
		name: "a connection that breaks before the deed", fault: simulated.Fault{Fault: simulated.DropBefore}, reads: lost, writes: unknown,
	}, {
		name: "a connection that breaks after the deed", fault: simulated.Fault{Fault: simulated.DropAfter}, reads: lost, writes: unknown,
	}}
}

// told holds an error against the trouble that a call has met, but for its code
// and what it says of a write.
func (tr trouble) told(t *suite.T, operation string, f *fault.Error) {
	if tr.reason != "" && f.Reason != tr.reason {
		t.Errorf("%s meets %s and answers %s with the reason %q; it is %q", operation, tr.name, f.Code, f.Reason, tr.reason)
	}
	status := tr.fault.Status
	if status == 0 && tr.fault.Fault == simulated.HTML {
		status = 200
	}
	switch {
	case status == 0:
	case f.Vendor == nil:
		t.Errorf("%s meets %s, and its error has nothing of the PSA's answer: vendor is missing", operation, tr.name)
	case f.Vendor.Status != status:
		t.Errorf("%s meets %s, and its error says that the PSA answered %d; it answered %d", operation, tr.name, f.Vendor.Status, status)
	case !strings.Contains(f.Vendor.Message, strings.TrimSuffix(tr.words, ".")):
		t.Errorf("%s meets %s: the PSA's own words %q are not in vendor.message, which is %q", operation, tr.name, tr.words, f.Vendor.Message)
	}
	if tr.refused && tr.reason == fault.ReasonPSA && f.Source != fault.SourcePSA {
		t.Errorf("%s meets %s and does not say that the PSA refuses: source is %q", operation, tr.name, f.Source)
	}
	if f.Code == fault.CodeRateLimited && (f.RetryAfter <= 0 || f.RetryAfter > 3*time.Second) {
		t.Errorf("%s meets %s and says to come back in %s: retry_after_seconds must be what the PSA asked for", operation, tr.name, f.RetryAfter)
	}
	if f.Reason == fault.ReasonNeedsAttention && !tr.refused {
		t.Errorf("%s meets %s and says that an admin has to act: it passes by itself, and nobody would try again", operation, tr.name)
	}
	if f.Message == "" {
		t.Errorf("%s meets %s and says nothing for people: the error has no message", operation, tr.name)
	}
}

// readInTrouble makes reads that meet trouble, one beside the other, and makes them
// again without.
func readInTrouble(t *suite.T, tr trouble, reads []reading) {
	v := vendor{t}
	healthy := make([]proto.Message, len(reads))
	for n, r := range reads {
		var err error
		if healthy[n], err = t.Call(t.Context(), t.Conn(), r.operation, r.request); err != nil {
			t.Fatalf("%s without any trouble: %s", r.operation, suite.Words(err))
		}
	}
	v.forget()
	placed := v.place(tr.fault)
	atOnce(len(reads), func(n int) { readOnce(t, tr, reads[n], healthy[n]) })
	v.lift(placed)
	for request, count := range tries(v.log()) {
		// Many reads may have requests in common.
		if limit := tr.maxTries(); len(reads) <= 2 && count > limit {
			t.Errorf("meeting %s, the same request was sent %d times; at most %d: %s", tr.name, count, limit, request)
		}
	}
	atOnce(len(reads), func(n int) {
		again, err := t.Call(t.Context(), t.Conn(), reads[n].operation, reads[n].request)
		switch {
		case err != nil:
			t.Errorf("%s does not work again after %s: %s", reads[n].operation, tr.name, suite.Words(err))
		case !sameAnswer(again, healthy[n]):
			t.Errorf("%s answers otherwise after %s than before", reads[n].operation, tr.name)
		}
	})
}

// maxTries is how often the same request may be sent: a login that is refused is
// tried once more, with a new token, and no more, since PSAs lock accounts.
func (tr trouble) maxTries() int {
	if tr.reason == fault.ReasonLoginRefused {
		return 2
	}
	return maxTries
}

// readOnce makes a read that meets trouble. It is for several goroutines.
func readOnce(t *suite.T, tr trouble, r reading, healthy proto.Message) {
	answer, err := t.Call(t.Context(), t.Conn(), r.operation, r.request)
	if err == nil {
		// Setup tables may be kept, and then they are as they were.
		switch {
		case r.operation == "technicians.availability" && admits(answer, healthy):
		case !sameAnswer(answer, healthy):
			t.Errorf("%s meets %s and answers as if nothing were wrong, with something else than without it", r.operation, tr.name)
		case !strings.HasPrefix(r.operation, "catalogue."):
			t.Errorf("%s meets %s with every request and answers all the same: nothing was read", r.operation, tr.name)
		}
		return
	}
	f := suite.Fault(err)
	if !slices.Contains(tr.reads, f.Code) {
		t.Errorf("%s meets %s and answers %s; the code is %s", r.operation, tr.name, suite.Words(err), oneOf(tr.reads))
		return
	}
	tr.told(t, r.operation, f)
	if f.Outcome == fault.Unknown {
		t.Errorf("%s meets %s and says that the outcome is unknown: it only reads", r.operation, tr.name)
	}
}

// sameAnswer compares answers to the same question, but for when they were given
// and for links to the PSA's pages, which may have several spellings.
func sameAnswer(a, b proto.Message) bool {
	return proto.Equal(withoutLinks(a), withoutLinks(b))
}

// withoutLinks is an answer without what may differ.
func withoutLinks(answer proto.Message) proto.Message {
	m := proto.Clone(answer)
	for _, row := range append(suite.Rows(m), recordOf(m)) {
		if !row.IsValid() { // there is no record
			continue
		}
		for _, name := range []protoreflect.Name{"url", "as_of"} {
			if f := row.Descriptor().Fields().ByName(name); f != nil {
				row.Clear(f)
			}
		}
	}
	return m
}

// admits tells whether an availability says of all that it could not read that it
// is not known.
func admits(answer, healthy proto.Message) bool {
	got, ok := answer.(*psav1.GetAvailabilityResponse)
	whole, same := healthy.(*psav1.GetAvailabilityResponse)
	if !ok || !same {
		return false
	}
	a, b := got.GetAvailability(), whole.GetAvailability()
	known := func(c psav1.Confidence_V) bool { return c != psav1.Confidence_UNKNOWN }
	equal := func(x, y []*psav1.Interval) bool {
		return slices.EqualFunc(x, y, func(x, y *psav1.Interval) bool { return proto.Equal(x, y) })
	}
	return (!known(a.GetWorkingConfidence()) || equal(a.GetWorking(), b.GetWorking())) &&
		(!known(a.GetTimeOffConfidence()) || equal(a.GetTimeOff(), b.GetTimeOff())) &&
		(!known(a.GetBusyConfidence()) || equal(a.GetBusy(), b.GetBusy()))
}

func oneOf(codes []fault.Code) string {
	names := make([]string, len(codes))
	for n, c := range codes {
		names[n] = string(c)
	}
	return strings.Join(names, " or ")
}
