package filter

import (
	"cmp"
	"maps"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Table is the records of a list, with what filters do with them.
type Table struct {
	Rows []protoreflect.Message

	verdicts map[string][]Verdict // by the case's words
	given    map[string][][]Case  // by the filter's name, by row
}

// NewTable makes a table of all records of a list.
func NewTable(rows []protoreflect.Message) *Table {
	return &Table{Rows: rows, verdicts: map[string][]Verdict{}, given: map[string][][]Case{}}
}

// verdictsOf are what a case does with every row.
func (t *Table) verdictsOf(c Case) []Verdict {
	words := c.Form + c.Words()
	if v, ok := t.verdicts[words]; ok {
		return v
	}
	v := make([]Verdict, len(t.Rows))
	for i, row := range t.Rows {
		v[i] = c.judge(row)
	}
	t.verdicts[words] = v
	return v
}

// kept counts the rows that all of the cases keep.
func (t *Table) kept(cases ...Case) int {
	n := 0
	for i := range t.Rows {
		v := Keeps
		for _, c := range cases {
			v = min(v, t.verdictsOf(c)[i])
		}
		if v == Keeps {
			n++
		}
	}
	return n
}

// Tells tells whether a filter that is not honoured would show: some row is one
// that a case drops.
func (t *Table) Tells(cases []Case) bool {
	return slices.ContainsFunc(cases, func(c Case) bool { return slices.Contains(t.verdictsOf(c), Drops) })
}

// of are the values of a filter that each row gives.
func (t *Table) of(f Filter) [][]Case {
	if given, ok := t.given[f.Name]; ok {
		return given
	}
	given := make([][]Case, len(t.Rows))
	for i, row := range t.Rows {
		given[i] = f.of(row)
	}
	t.given[f.Name] = given
	return given
}

// looked bounds how many values of a form are weighed against each other.
const looked = 40

// Singles are the filter's values to try alone: of each form one that few rows
// have and one that many have but not all, and both together where the filter
// takes several.
func (t *Table) Singles(f Filter, request protoreflect.MessageDescriptor) []Case {
	forms := map[string][]Case{}
	seen := map[string]bool{}
	for _, cases := range t.of(f) {
		for _, c := range cases {
			if words := c.Form + c.Words(); !seen[words] {
				seen[words] = true
				forms[c.Form] = append(forms[c.Form], c)
			}
		}
	}
	several := request.Fields().ByName(protoreflect.Name(f.Name)).IsList()
	var all, first []Case
	for _, form := range slices.Sorted(maps.Keys(forms)) {
		few, many := t.ends(Spread(forms[form], looked))
		all = append(all, few)
		first = append(first, few)
		if few.Words() == many.Words() {
			continue
		}
		all = append(all, many)
		if several {
			all = append(all, few.Or(many))
		}
	}
	if several && len(first) > 1 { // an id beside a name, one kind beside another
		all = append(all, first[0].Or(first[len(first)-1]))
	}
	return all
}

// ends are the values that leave the fewest and the most rows, of those that tell
// rows apart.
func (t *Table) ends(cases []Case) (few, many Case) {
	slices.SortStableFunc(cases, func(a, b Case) int { return cmp.Compare(t.kept(a), t.kept(b)) })
	telling := slices.DeleteFunc(slices.Clone(cases), func(c Case) bool { return t.kept(c) == 0 || t.kept(c) == len(t.Rows) })
	if len(telling) == 0 {
		telling = cases
	}
	return telling[0], telling[len(telling)-1]
}

// weighed bounds how many rows are tried for a pair.
const weighed = 400

// Pairs are values for two filters that some rows have both of: one pair that
// neither filter finds alone, or one each that the first and that the second does
// not, as far as there are such. There are none where no row has both.
func (t *Table) Pairs(a, b Filter) [][]Case {
	ofA, ofB := t.of(a), t.of(b)
	var rows []int
	for i := range t.Rows {
		if len(ofA[i]) > 0 && len(ofB[i]) > 0 {
			rows = append(rows, i)
		}
	}
	var any, noFirst, noSecond []Case // what tells that the first filter is dropped, and the second
	for n, i := range append(Spread(rows, looked), Spread(rows, weighed)...) {
		one, two := ofA[i][n%len(ofA[i])], ofB[i][n/2%len(ofB[i])]
		if one.contradicts(two) || a.Name == b.Name && one.key == two.key { // a map with two keys
			continue
		}
		both := t.kept(one, two)
		first, second := both < t.kept(two), both < t.kept(one)
		switch {
		case both == 0:
		case first && second:
			return [][]Case{{one, two}}
		case first && noFirst == nil:
			noFirst = []Case{one, two}
		case second && noSecond == nil:
			noSecond = []Case{one, two}
		case any == nil:
			any = []Case{one, two}
		}
	}
	var pairs [][]Case
	for _, pair := range [][]Case{noFirst, noSecond} {
		if pair != nil {
			pairs = append(pairs, pair)
		}
	}
	if pairs == nil && any != nil {
		pairs = [][]Case{any}
	}
	return pairs
}

// Spread are at most n of a list, evenly from its begin to its end.
func Spread[T any](list []T, n int) []T {
	if len(list) <= n {
		return slices.Clone(list)
	}
	few := make([]T, n)
	for i := range few {
		few[i] = list[i*(len(list)-1)/(n-1)]
	}
	return few
}
