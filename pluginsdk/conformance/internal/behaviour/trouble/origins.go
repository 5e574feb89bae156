package trouble

import (
	"net/http"
	"net/http/httptest"
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// origins are the checks that nothing goes anywhere but to the PSA.
func origins() []suite.Check {
	needs := []string{simulated.Requests, simulated.Faults}
	return []suite.Check{{
		Name: "origins/redirect", About: "A redirect to another origin is not followed: credentials and contents go to the PSA alone.",
		Operations: []string{"tickets.list", "tickets.get"}, Needs: needs,
		Run: redirects,
	}, {
		Name: "origins/redirected_write", About: "A write that is redirected to another origin goes nowhere.",
		Operations: []string{"tickets.list", "notes.list", "notes.create_internal"}, Needs: needs, Writes: true,
		Run: redirectedWrite,
	}, {
		Name: "origins/next_link", About: "A next page at another origin is not fetched, and no walk ends early for it.",
		Operations: []string{"tickets.list"}, Needs: needs,
		Run: foreignPages,
	}}
}

// stranger is a server at an origin that is not the PSA's. It answers whatever it
// is asked with an empty list.
type stranger struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func newStranger() *stranger {
	s := &stranger{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		with := "without credentials"
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
			with = "with credentials"
		}
		s.mu.Lock()
		s.asked = append(s.asked, r.Method+" "+r.URL.Path+" "+with)
		s.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("[]")) // whoever asked is wrong already
	}))
	return s
}

// knows fails the check for what the stranger was asked.
func (s *stranger) knows(t *suite.T, what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, asked := range s.asked {
		t.Errorf("%s sends a request to another origin: %s", what, asked)
	}
	s.asked = nil
}

func redirects(t *suite.T) {
	other := newStranger()
	defer other.Close()
	v, x := vendor{t}, &ids{t: t, found: map[string]string{}}
	for _, op := range []string{"tickets.list", "tickets.get"} {
		request := x.request(op)
		if request == nil {
			t.NotRun("there is no ticket")
		}
		healthy, err := t.Call(t.Context(), t.Conn(), op, request)
		t.Must(err)
		for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect} {
			placed := v.place(simulated.Fault{Fault: simulated.RedirectElsewhere, Status: status, Origin: other.URL})
			_, err := t.Call(t.Context(), t.Conn(), op, request)
			v.lift(placed)
			other.knows(t, op)
			if f := suite.Fault(err); f == nil || f.Code != fault.CodeVendorError && f.Code != fault.CodeConnectionDown {
				t.Errorf("%s is redirected to another origin by a %d and answers %s; it is a vendor_error", op, status, suite.Words(err))
			}
			again, err := t.Call(t.Context(), t.Conn(), op, request)
			if err != nil || !proto.Equal(again, healthy) {
				t.Errorf("%s does not work as before after a redirect: %s", op, suite.Words(err))
			}
		}
	}
}

func redirectedWrite(t *suite.T) {
	other := newStranger()
	defer other.Close()
	v := vendor{t}
	marks := marker{about: "origin"}
	request := internalNote(workTicket(t, marks.next()), marks.next())
	write := planned(t, "notes.create_internal", request)[0]
	for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		placed := v.place(write.on(simulated.Fault{Fault: simulated.RedirectElsewhere, Status: status, Origin: other.URL}))
		_, err := t.Call(t.Context(), t.Conn(), "notes.create_internal", request)
		v.lift(placed)
		other.knows(t, "notes.create_internal")
		// 302 is also how a server says that it has done what was asked.
		f := suite.Fault(err)
		if f == nil || f.Code != fault.CodeVendorError && f.Code != fault.CodeConnectionDown && f.Code != fault.CodeOutcomeUnknown {
			t.Errorf("notes.create_internal is redirected to another origin by a %d and answers %s; it is a vendor_error", status, suite.Words(err))
		}
	}
	if found := notesOf(t, request, request.GetBody()); len(found) > 0 {
		t.Errorf("notes.create_internal was redirected each time and has made the notes %v", found)
	}
}

// foreignPages walks a list whose next links lead elsewhere. A connector that does
// not go by links is not concerned.
func foreignPages(t *suite.T) {
	other := newStranger()
	defer other.Close()
	v := vendor{t}
	const page = 7
	var whole []string
	for _, row := range t.List(t.Conn(), "tickets.list", t.Request("tickets.list")) {
		whole = append(whole, suite.ID(row))
	}
	if len(whole) <= page {
		t.NotRun("there are no two pages of tickets")
	}
	placed := v.place(simulated.Fault{Fault: simulated.ForeignNextLink, Origin: other.URL})
	defer v.lift(placed)
	rows, err := walk(t, "tickets.list", page)
	other.knows(t, "tickets.list")
	switch {
	case err != nil && suite.Fault(err).Code != fault.CodeVendorError:
		t.Errorf("tickets.list meets a next page at another origin and answers %s; it is a vendor_error", suite.Words(err))
	case err == nil && len(rows) != len(whole):
		t.Errorf("tickets.list meets a next page at another origin and ends after %d of %d tickets, as if there were no more", len(rows), len(whole))
	}
}

// walk is t.Walk for walks that may fail.
func walk(t *suite.T, op string, page int32) (rows []protoreflect.Message, err error) {
	request := t.Request(op)
	suite.Set(request.ProtoReflect(), "page_size", protoreflect.ValueOfInt32(page))
	for t.Context().Err() == nil {
		response, err := t.Call(t.Context(), t.Conn(), op, request)
		if err != nil {
			return rows, err
		}
		rows = append(rows, suite.Rows(response)...)
		token := suite.Text(response.ProtoReflect(), "next_page_token")
		if token == "" {
			return rows, nil
		}
		suite.Set(request.ProtoReflect(), "page_token", protoreflect.ValueOfString(token))
	}
	return rows, t.Context().Err()
}
