package conditions_test

import (
	"strings"
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/conditions"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/schema"
)

// row is a record of the tests: values by lower-case path.
type row map[string]any

var kinds = map[string]schema.Kind{
	"id": schema.Integer, "hours": schema.Number, "summary": schema.String, "severity": schema.String, "closedflag": schema.Boolean,
	"lastupdated": schema.DateTime, "status/name": schema.String, "owner/id": schema.Integer, "value": schema.Any,
}

func resolve(path []string) (conditions.Field[row], error) {
	name := strings.ToLower(strings.Join(path, "/"))
	kind, ok := kinds[name]
	if !ok {
		return conditions.Field[row]{}, conditions.UnknownName(name)
	}
	f := conditions.Field[row]{Kind: kind, Get: func(r row) any { return r[name] }}
	if name == "severity" {
		f.Enum = []string{"Low", "Medium", "High"}
	}
	return f, nil
}

var sample = row{
	"id": int64(42), "hours": 10.5, "summary": `50% off [urgent] it's "new"_`, "severity": "High", "closedflag": false,
	"lastupdated": "2026-02-01T12:00:00Z", "status/name": ">Closed", "value": true,
}

func TestExpressions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want bool
	}{
		{`id = 42`, true}, {`id=42`, true}, {`ID != 42`, false}, {`id < 43 AND id <= 42 and id > 41 And id >= 42`, true},
		{`id = -42 or id = 42`, true}, {`id in (1, 42)`, true}, {`id not in (1,42)`, false}, {`id NOT IN (7)`, true},
		{`hours > 10 and hours < 10.75`, true},
		{`summary contains "OFF"`, true}, {`summary not contains 'off'`, false}, {`summary contains 'it'`, true},
		{`summary contains "it's"`, true}, {`summary contains '"new"'`, true},
		{`summary like "50*"`, true}, {`summary like '%[[]urgent]%'`, true}, {`summary like 'off'`, false}, {`summary not like '%zzz%'`, true},
		{`summary like '50_ off%'`, true}, {`summary like '[0-5]0%'`, true}, {`summary like '[6-9]0%'`, false},
		{`severity = "high"`, true}, {`severity in ('low','medium')`, false},
		{`closedFlag = False`, true}, {`closedFlag = TRUE`, false}, {`closedFlag != true`, true},
		{`lastUpdated > [2026-02-01T11:59:59Z]`, true}, {`lastUpdated >= [2026-02-01T13:00:00+01:00]`, true},
		{`lastUpdated < [2026-02-01]`, false}, {`lastUpdated = [2026-02-01T12:00:00]`, true},
		{`status/name = ">Closed"`, true}, {`status / name != ">Closed"`, false},
		{`owner/id = null`, true}, {`owner/id != null`, false}, {`owner/id != 5`, false}, {`owner/id not in (5)`, false}, {`id != null`, true},
		{`owner/id in (5, null)`, true},
		{`value = true`, true}, {`value = "True"`, true}, {`value != null`, true},
		// AND binds before OR.
		{`id = 42 or id = 1 and id = 2`, true}, {`(id = 42 or id = 1) and id = 2`, false}, {`((id = 42))`, true},
		// A keyword in a string is text; names next to parentheses need no blank.
		{`summary != "and or in null"`, true}, {`(id=42)and(id>1)`, true},
	} {
		n, err := conditions.Parse(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		fits, err := conditions.Compile(n, resolve)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if got := fits(sample); got != tt.want {
			t.Errorf("%s is %v, want %v", tt.text, got, tt.want)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		``:                            "Unexpected end of conditions.",
		`mood = 1`:                    "mood is not a recognized name.",
		`status/colour = 1`:           "status/colour is not a recognized name.",
		`severity = "Dire"`:           "Enum value supplied was invalid",
		`id`:                          "Unexpected end",
		`id = `:                       "Unexpected end",
		`id = 42 and`:                 "Unexpected end",
		`id = 42 summary = "x"`:       "Unexpected 'summary' at position 8.",
		`(id = 42`:                    "Unexpected end",
		`id = 42)`:                    "Unexpected ')'",
		`id in 42`:                    "Unexpected '42'",
		`id in ()`:                    "Unexpected ')'",
		`id in (1 2)`:                 "Unexpected '2'",
		`id not = 42`:                 "Unexpected '='",
		`id == 42`:                    "Unexpected '='",
		`id ! 42`:                     "Unexpected character '!'",
		`summary = "open`:             "not terminated",
		`lastUpdated > [2026`:         "not terminated",
		`lastUpdated > [yesterday]`:   "was not recognized as a valid DateTime",
		`lastUpdated > "2026-01-01"`:  "of the wrong type",
		`id = "42"`:                   "of the wrong type",
		`closedFlag = 1`:              "of the wrong type",
		`closedFlag > false`:          "of the wrong type",
		`id contains "4"`:             "Operator 'contains' cannot be applied to id.",
		`summary = open`:              "Unexpected 'open'",
		`id = 4x2`:                    "Unexpected '4x2'",
		`id = 42; drop`:               "Unexpected character ';'",
		strings.Repeat("(", 65) + `1`: "nested too deeply",
	} {
		n, err := conditions.Parse(text)
		if err == nil {
			_, err = conditions.Compile(n, resolve)
		}
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`id = 42 AND (status/name != ">Closed" or owner/id = null)`, `lastUpdated > [2026-02-01T11:59:59Z] and id not in (1,2)`,
		`summary like '%[[]x]%' and summary not contains "a"`, `((((`, `a/b/c=-1.5e3`, "summary = \"\xff\"", `[`, `'`, `x in (`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := conditions.Parse(text)
		if err != nil {
			return
		}
		if fits, err := conditions.Compile(n, resolve); err == nil {
			fits(sample)
			fits(row{})
		}
	})
}
