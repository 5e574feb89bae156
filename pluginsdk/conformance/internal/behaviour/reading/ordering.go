package reading

import (
	"cmp"
	"strconv"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
)

// order is an order of a list.
type order struct {
	by   string // order_by of the request; "" for what comes without
	path string // the field that the rows are in the order of
	desc bool
}

// orders are those of each list; what is not here comes by id.
var orders = map[string][]order{
	"tickets.list": {
		{"", "updated_at", false}, {"updated_at", "updated_at", false}, {"updated_at desc", "updated_at", true}, {"id", "id", false},
	},
	"time_entries.list":    {{"", "updated_at", false}},
	"notes.list":           {{"", "created_at", false}},
	"tickets.history":      {{"", "at", false}},
	"technicians.workload": {{"", "technician.id", false}},
}

func ordered(t *suite.T, op string) {
	request := everything(t, op)
	all := orders[op]
	if all == nil {
		all = []order{{"", "id", false}}
	}
	for _, o := range all {
		asked := proto.Clone(request)
		with := op
		if o.by != "" {
			suite.Set(asked.ProtoReflect(), "order_by", protoreflect.ValueOfString(o.by))
			with += " with order_by=" + strconv.Quote(o.by)
		}
		rows := t.List(t.Conn(), op, asked)
		if len(rows) < 2 {
			t.NotRun("there are not two records to list")
		}
		compare := o.comparison(rows)
		if compare == nil {
			t.Logf("%s: the ids have no order that others could know", op)
			continue
		}
		for i := range rows[1:] {
			c := compare(rows[i], rows[i+1])
			if o.desc {
				c = -c
			}
			if c > 0 {
				t.Errorf("%s answers %s, whose %s is %s, before %s, whose %s is %s", with,
					inWords(rows[i]), o.path, field.Words(rows[i], o.path), inWords(rows[i+1]), o.path, field.Words(rows[i+1], o.path))
			}
		}
	}
}

// comparison compares two rows by what they are ordered by; nil where nobody
// else can tell.
func (o order) comparison(rows []protoreflect.Message) func(a, b protoreflect.Message) int {
	if o.path != "id" && o.path != "technician.id" {
		return func(a, b protoreflect.Message) int {
			at, _ := field.Time(a, o.path)
			bt, _ := field.Time(b, o.path)
			return at.Compare(bt)
		}
	}
	numbers, long := true, len(field.Text(rows[0], o.path))
	for _, row := range rows {
		id := field.Text(row, o.path)
		if _, err := strconv.ParseInt(id, 10, 64); err != nil {
			numbers = false
		}
		if len(id) != long {
			long = 0
		}
	}
	switch {
	case numbers:
		return func(a, b protoreflect.Message) int { return cmp.Compare(number(a, o.path), number(b, o.path)) }
	case long > 0:
		return func(a, b protoreflect.Message) int {
			return cmp.Compare(field.Text(a, o.path), field.Text(b, o.path))
		}
	}
	return nil
}

func number(row protoreflect.Message, path string) int64 {
	n, _ := strconv.ParseInt(field.Text(row, path), 10, 64) // all of them are numbers
	return n
}
