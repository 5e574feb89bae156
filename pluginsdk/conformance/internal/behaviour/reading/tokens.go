package reading

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/filter"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// garbage are texts that no list has given as a token.
func garbage(token string) []string {
	texts := []string{
		"garbage", "!!!", "0", "-1", "../../etc/passwd", "' or 1=1 --", "null", "{}", "\u2713", strings.Repeat("A", 4096),
	}
	for _, inner := range []string{"{}", "null", "[]", `{"id":-1}`, `{"i":9223372036854775807}`, `"x" or 1=1`, "\xff\xfe"} {
		texts = append(texts, base64.RawURLEncoding.EncodeToString([]byte(inner)))
	}
	if token != "" {
		middle := len(token) / 2
		texts = append(texts, token[:middle], token+"x", token+token, token[:middle]+"~"+token[middle+1:], strings.ToUpper(token))
	}
	return texts
}

func tokens(t *suite.T, op string) {
	request := everything(t, op)
	rows := t.List(t.Conn(), op, request)
	if len(rows) == 0 {
		t.NotRun("there is no record to list")
	}
	known := map[string]bool{}
	for _, row := range rows {
		known[key(row)] = true
	}
	token := second(t, op, request)
	for _, text := range garbage(token) {
		harmless(t, op, request, text, "the page_token "+strconv.Quote(text), func(row protoreflect.Message) bool { return known[key(row)] })
	}
	for _, from := range paged {
		if from == op || over[from] != "" || !t.Serves(from) {
			continue
		}
		if foreign := second(t, from, t.Request(from)); foreign != "" {
			harmless(t, op, request, foreign, "a page_token of "+from, func(row protoreflect.Message) bool { return known[key(row)] })
		}
	}
	if token == "" {
		t.Logf("%s has one page only, so that there is no token to take to another query", op)
		return
	}
	for _, o := range orders[op] {
		if o.by != "" {
			asked := proto.Clone(request)
			suite.Set(asked.ProtoReflect(), "order_by", protoreflect.ValueOfString(o.by))
			harmless(t, op, asked, token, "a page_token of another order", func(row protoreflect.Message) bool { return known[key(row)] })
		}
	}
	for _, c := range telling(op, request, rows) {
		asked := proto.Clone(request)
		c.Set(asked.ProtoReflect())
		harmless(t, op, asked, token, "a page_token of the list without "+c.Words(), func(row protoreflect.Message) bool {
			return known[key(row)] && c.Judge(row) != filter.Drops
		})
	}
}

// second is the token of a list's second page; "" where there is none.
func second(t *suite.T, op string, request proto.Message) string {
	asked := proto.Clone(request)
	suite.Set(asked.ProtoReflect(), "page_size", protoreflect.ValueOfInt32(1))
	response, err := t.Call(t.Context(), t.Conn(), op, asked)
	t.Must(err)
	return suite.Text(response.ProtoReflect(), "next_page_token")
}

// telling is a value of each filter of a list that leaves some rows and not all.
func telling(op string, request proto.Message, rows []protoreflect.Message) []filter.Case {
	table := filter.NewTable(rows)
	var cases []filter.Case
	for _, f := range filter.Of(op) {
		of := table.Singles(f, request.ProtoReflect().Descriptor())
		if i := slices.IndexFunc(of, func(c filter.Case) bool { return table.Tells([]filter.Case{c}) }); i >= 0 {
			cases = append(cases, of[i])
		}
	}
	return cases
}

// harmless lists with a token that is not the list's: it is refused by its name, or
// the rows are such as the list may answer.
func harmless(t *suite.T, op string, request proto.Message, token, what string, may func(protoreflect.Message) bool) {
	asked := proto.Clone(request)
	suite.Set(asked.ProtoReflect(), "page_token", protoreflect.ValueOfString(token))
	response, err := t.Call(t.Context(), t.Conn(), op, asked)
	if err != nil {
		f := suite.Fault(err)
		named := slices.ContainsFunc(f.Violations, func(v fault.Violation) bool { return v.Field == "page_token" })
		switch {
		case f.Code == fault.CodeFieldNotSupported: // of a filter beside it
		case f.Code != fault.CodeInvalidArgument || !named:
			t.Errorf("%s with %s: %s; it has to be invalid_argument at page_token", op, what, suite.Words(err))
		}
		return
	}
	for _, row := range suite.Rows(response) {
		if !may(row) {
			t.Errorf("%s with %s answers %s, which the list does not have", op, what, inWords(row))
		}
	}
}
