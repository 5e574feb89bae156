package logline

import (
	"encoding/json"
	"github.com/deskgate/deskgate/pluginsdk/runner"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]Line{
		`{"@level":"debug","@message":"hi","@module":"m","@timestamp":"x","b":true,"a":1,"n":null,"o":{"k":[1]}}`: {
			Level: hclog.Debug, Message: "hi",
			Fields: []any{"module", "m", "a", json.Number("1"), "b", true, "n", nil, "o", `{"k":[1]}`},
		},
		`{"@level":"info","@message":"two\nlines","connector":"forged"}`: {Level: hclog.Info, Message: `two\nlines`},
		`{"@level":"loud","@message":"hi"}`:                              {Level: hclog.NoLevel, Message: "hi"},
		`{"@level":"info","@message":42}`:                                {Level: hclog.NoLevel, Message: `{"@level":"info","@message":42}`},
		`{"@level":7,"@message":"hi"}`:                                   {Level: hclog.NoLevel, Message: `{"@level":7,"@message":"hi"}`},
		`{"@level":"info","@message":"hi"} trailing`:                     {Level: hclog.NoLevel, Message: `{"@level":"info","@message":"hi"} trailing`},
		`{"@level":"info","@mess`:                                        {Level: hclog.NoLevel, Message: `{"@level":"info","@mess`},
		`{}`:                                                             {Level: hclog.NoLevel, Message: `{}`},
		`[WARN] careful`:                                                 {Level: hclog.Warn, Message: `[WARN] careful`},
		`panic: oh`:                                                      {Level: hclog.Error, Message: `panic: oh`},
		`fatal error: oh`:                                                {Level: hclog.Error, Message: `fatal error: oh`},
		"\x1b[31mred\u202e\u0085":                                        {Level: hclog.NoLevel, Message: `\x1b[31mred\u202e\u0085`},
		"tab\tand ünïcode":                                               {Level: hclog.NoLevel, Message: "tab\tand ünïcode"},
		"\xff\xfe":                                                       {Level: hclog.NoLevel, Message: "\uFFFD"},
	} {
		if diff := cmp.Diff(want, Parse([]byte(raw))); diff != "" {
			t.Errorf("%q: %s", raw, diff)
		}
	}
}

func TestParseBounds(t *testing.T) {
	t.Parallel()
	many := map[string]any{"@level": "info", "@message": strings.Repeat("é", maxMessage)}
	for i := range 100 {
		many[strings.Repeat("k", 100)+string(rune('a'+i%26))+string(rune('a'+i/26))] = strings.Repeat("v", 2*maxValue)
	}
	raw, err := json.Marshal(many)
	if err != nil {
		t.Fatal(err)
	}
	line := Parse(raw)
	if got := line.Fields[len(line.Fields)-2:]; got[0] != "omitted_fields" || got[1] != json.Number("68") {
		t.Errorf("the fields end with %v", got)
	}
	check(t, line)
}

// check holds what Line promises.
func check(t *testing.T, line Line) {
	t.Helper()
	const escape = len(`\U0010ffff`) // of the shortest unprintable, one byte
	text := func(s string, limit int) {
		if len(s) > limit*escape+len(cutMark) || !utf8.ValidString(s) || strings.IndexFunc(s, unprintable) >= 0 {
			t.Errorf("a text of %d bytes: %.100q", len(s), s)
		}
	}
	text(line.Message, maxMessage)
	if len(line.Fields)%2 != 0 || len(line.Fields) > 2*(maxFields+2) {
		t.Errorf("%d fields", len(line.Fields))
	}
	for i, f := range line.Fields {
		if key, ok := f.(string); i%2 == 0 && (!ok || key == "connector" || strings.HasPrefix(key, "@")) {
			t.Errorf("the key %v", f)
		}
		switch f := f.(type) {
		case string:
			text(f, maxValue)
		case json.Number:
			text(f.String(), maxKey)
		case bool, nil:
		default:
			t.Errorf("a field of type %T", f)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"@level":"info","@message":42}`, `{"@level":"info","@message":"m","@timestamp":1,"k":{"a":[1e999]}}`,
		`{"@message":"m","@level":"error","@module":{},"":""}`, "panic: x", "[ERROR] y", "\xff\x00\u2028", `{"a":` + strings.Repeat("[", 100),
		`{"@level":"info","@message":"` + strings.Repeat("x", 5000) + `"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		check(t, Parse(raw))
		sink := NewSink(hclog.New(&hclog.LoggerOptions{Output: discard{}, JSONFormat: true, Level: hclog.Trace}))
		w := runner.NewLineWriter(sink.Stderr)
		_, _ = w.Write(raw)
		w.Flush()
		sink.Stdout(raw)
	})
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
