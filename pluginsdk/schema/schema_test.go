package schema_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/schema"
)

var updateGolden = flag.Bool("update", false, "write the golden file")

// Shared is embedded, and has a rule of its own.
type Shared struct {
	Agent string            `hcl:"agent" doc:"Who."`
	Names map[string]string `hcl:"names" doc:"By what."`
}

func (s Shared) Validate() []fault.Violation {
	var found []fault.Violation
	for _, name := range []string{"one", "two"} {
		if s.Names[name] == "wrong" {
			found = append(found, fault.Violation{Field: "names", Message: name + " is wrong"})
		}
	}
	return found
}

type hidden struct {
	Note string `hcl:"note" doc:"What to remember."`
}

type config struct {
	Shared
	hidden

	Site   schema.URL    `hcl:"site,required" doc:"Where."`
	Token  string        `hcl:"token,required" secret:"true" doc:"The token."`
	Mode   string        `hcl:"mode" default:"fast" allowed:"fast|safe" doc:"How."`
	On     bool          `hcl:"on" default:"true" doc:"Whether."`
	Count  int32         `hcl:"count" default:"4" doc:"How many."`
	Share  float64       `hcl:"share" default:"0.5" doc:"How much."`
	Wait   time.Duration `hcl:"wait" default:"30s" doc:"How long."`
	Home   schema.URL    `hcl:"home" default:"https://home.example" doc:"Where else."`
	Boards []string      `hcl:"boards" allowed:"A|B" doc:"Which."`
	Keys   []string      `hcl:"keys" secret:"true" doc:"More tokens."`
	Pairs  pairs         `hcl:"pairs" doc:"What belongs together."`
	Proxy  *proxy        `hcl:"proxy" doc:"The way out."`
	Must   must          `hcl:"must,required" doc:"What has to be there."`

	Skipped func() `hcl:"-"`
	_       func()
}

type pairs struct {
	Inner inner `hcl:"inner" doc:"Deeper."`
}

type inner struct {
	Low  int32  `hcl:"low" default:"1" doc:"From."`
	High int32  `hcl:"high" default:"9" doc:"To."`
	Key  string `hcl:"key" secret:"true" doc:"A key."`
}

func (i *inner) Validate() []fault.Violation {
	if i.Low > i.High {
		return []fault.Violation{{Field: "low", Message: "must not be above high"}}
	}
	return nil
}

type proxy struct {
	Address schema.URL `hcl:"address,required" doc:"Where it is."`
	Pass    string     `hcl:"pass" secret:"true" doc:"Its password."`
}

type must struct {
	Have string `hcl:"have,required" allowed:"this|that" doc:"What."`
}

const least = `{"site":"https://x.example","token":"s3cret","must":{"have":"this"}}`

func TestOf(t *testing.T) {
	t.Parallel()
	raw, err := protojson.Marshal(schema.Of[config]())
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := json.Indent(&got, raw, "", "  "); err != nil { // protojson varies its own spaces
		t.Fatal(err)
	}
	const path = "testdata/schema.json"
	if *updateGolden {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, want); err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := json.Compact(&again, raw); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(compact.String(), again.String()); diff != "" {
		t.Errorf("%s (-update writes it):\n%s", path, diff)
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	base := config{
		Site: "https://x.example", Token: "s3cret", Mode: "fast", On: true, Count: 4, Share: 0.5,
		Wait: 30 * time.Second, Home: "https://home.example", Pairs: pairs{inner{Low: 1, High: 9}}, Must: must{"this"},
	}
	cases := map[string]struct {
		json   string
		change func(*config)
	}{
		"the least": {least, func(*config) {}},
		"null is absent": {
			`{"site":"https://x.example","token":"s3cret","must":{"have":"this"},"mode":null,"pairs":null,"boards":null}`, func(*config) {}},
		"everything": {
			`{"agent":"a","names":{"x":"y"},"note":"n","site":"http://127.0.0.1:9102/v4","token":"t","mode":"safe","on":false,"count":-7,
			"share":2,"wait":"1h30m","home":"","boards":["B","A"],"keys":["k1"],"pairs":{"inner":{"low":3,"key":"k2"}},
			"proxy":{"address":"https://p.example","pass":"pw"},"must":{"have":"that"}}`,
			func(c *config) {
				*c = config{
					Shared: Shared{"a", map[string]string{"x": "y"}}, hidden: hidden{"n"}, Site: "http://127.0.0.1:9102/v4", Token: "t",
					Mode: "safe", Count: -7, Share: 2, Wait: 90 * time.Minute, Boards: []string{"B", "A"}, Keys: []string{"k1"},
					Pairs: pairs{inner{3, 9, "k2"}}, Proxy: &proxy{"https://p.example", "pw"}, Must: must{"that"},
				}
			}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := config{Mode: "what was there before"}
			if err := schema.Decode([]byte(c.json), &got); err != nil {
				t.Fatal(err)
			}
			want := base
			c.change(&want)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestDecodeSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	with := func(more string) string { return strings.TrimSuffix(least, "}") + "," + more + "}" }
	cases := map[string]struct {
		json string
		want []string // field: message
	}{
		"nothing":          {``, []string{": the configuration must be one JSON object"}},
		"no object":        {`["s3cret"]`, []string{": the configuration must be one JSON object"}},
		"cut off":          {`{"token":"s3cret`, []string{": the configuration must be one JSON object"}},
		"two objects":      {`{} {}`, []string{": the configuration must be one JSON object"}},
		"what is required": {`{}`, []string{"site: is missing; it must be an absolute address that begins with https:// or http://", "token: is missing; it must be a text", "must: the block is missing"}},
		"empty":            {`{"site":"","token":"","must":{"have":""}}`, []string{"site: must not be empty", "token: must not be empty", "must.have: must not be empty"}},
		"unknown":          {with(`"sites":"x","pairs":{"inner":{"hihg":1}}`), []string{`sites: there is no "sites" here`, `pairs.inner.hihg: there is no "hihg" here`}},
		"twice":            {with(`"count":1,"count":2`), []string{"count: stands there twice"}},
		"other types": {
			with(`"on":"true","count":1.5,"share":"1","wait":30,"home":1,"boards":"A","keys":["s3cret",null],"names":{"x":null},"pairs":1,"proxy":"s3cret"`),
			[]string{"names: must be a map of texts", "on: must be true or false", "count: must be a whole number from -2147483648 to 2147483647",
				"share: must be a number", `wait: must be a duration such as "30s", "5m" or "1h30m"`, "home: must be an absolute address that begins with https:// or http://",
				"boards: must be a list of texts", "keys: must be a list of texts", "pairs: must be a block", "proxy: must be a block"}},
		"beyond 32 bits":   {with(`"count":2147483648`), []string{"count: must be a whole number from -2147483648 to 2147483647"}},
		"beyond 64 bits":   {with(`"share":1e999`), []string{"share: must be a number"}},
		"negative":         {with(`"wait":"-1s"`), []string{`wait: must be a duration such as "30s", "5m" or "1h30m"`}},
		"not allowed":      {with(`"mode":"saef","boards":["A","C"]`), []string{`mode: "saef" is not allowed; it may be fast, safe`, `boards: "C" is not allowed; it may be A, B`}},
		"a password":       {with(`"home":"https://me:s3cret@x.example"`), []string{"home: must not carry a user name or password: they have attributes of their own"}},
		"no host":          {with(`"home":"https:///x"`), []string{"home: must be an absolute address that begins with https:// or http://"}},
		"no text":          {`{"site":"https://x.example","token":["s3cret"],"must":{"have":"this"}}`, []string{"token: must be a text"}},
		"inside a block":   {with(`"proxy":{}`), []string{"proxy.address: is missing; it must be an absolute address that begins with https:// or http://"}},
		"an embedded rule": {with(`"names":{"one":"wrong","two":"wrong"}`), []string{"names: one is wrong", "names: two is wrong"}},
		"a block's rule":   {with(`"pairs":{"inner":{"low":5,"high":4}}`), []string{"pairs.inner.low: must not be above high"}},
		"a rule on what is wrong already": {
			with(`"pairs":{"inner":{"low":"x","high":-1}}`), []string{"pairs.inner.low: must be a whole number from -2147483648 to 2147483647"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var into config
			err := schema.Decode([]byte(c.json), &into)
			f := fault.From(err)
			if f == nil || f.Code != fault.CodeInvalidArgument {
				t.Fatalf("got %v", err)
			}
			var got []string
			for _, v := range f.Violations {
				got = append(got, v.Field+": "+v.Message)
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the secret is in it: %v", err)
			}
		})
	}
}

func TestDecodeSuggests(t *testing.T) {
	t.Parallel()
	var into config
	f := fault.From(schema.Decode([]byte(`{"site":"https://x.example","tokne":"s3cret","token":"t","mode":"saef","must":{"have":"this"}}`), &into))
	if len(f.Violations) != 2 {
		t.Fatalf("got %+v", f.Violations)
	}
	unknown, mode := f.Violations[0], f.Violations[1]
	if unknown.DidYouMean != "token" || !slices.Contains(unknown.Allowed, "site") {
		t.Errorf("got %+v", unknown)
	}
	if mode.DidYouMean != "safe" || !slices.Equal(mode.Allowed, []string{"fast", "safe"}) {
		t.Errorf("got %+v", mode)
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	c := config{Token: "t", Keys: []string{"k1", "", "k2"}, Pairs: pairs{inner{Key: "k3"}}, Proxy: &proxy{Pass: "p"}, Mode: "fast"}
	if got := schema.Secrets(c); !slices.Equal(got, []string{"t", "k1", "k2", "k3", "p"}) {
		t.Errorf("Secrets = %q", got)
	}
	if got := schema.Secrets(config{}); len(got) != 0 {
		t.Errorf("Secrets of nothing = %q", got)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		least, ``, `{`, `null`, `{"site":1}`, `{"a":{"b":[1,{"c":null}]}}`, `{"names":{"one":"wrong"}}`,
		`{"pairs":{"inner":{"low":1e400}}}`, `{"count":-0.0,"share":1e308,"wait":"9999999h"}`, `{"home":"https://[::1]:99999/"}`,
		`{"token":"SECRETVALUE","mode":"SECRETVALUE"}`, "{\"\xff\":\"\xff\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var c config
		err := schema.Decode(raw, &c)
		if err == nil {
			// What passes is whole, and says so again when it is written down.
			if c.Site == "" || c.Token == "" || c.Must.Have == "" || c.Count == 0 && !bytes.Contains(raw, []byte("count")) {
				t.Errorf("%q passes as %+v", raw, c)
			}
			var again config
			if err := schema.Decode(raw, &again); err != nil || !reflect.DeepEqual(c, again) {
				t.Errorf("%q decodes into %+v and %+v (%v)", raw, c, again, err)
			}
			return
		}
		violations := fault.From(err).Violations
		if len(violations) == 0 {
			t.Errorf("%q is refused without a reason: %v", raw, err)
		}
		for _, v := range violations {
			if v.Message == "" {
				t.Errorf("%q: %q is refused without a word", raw, v.Field)
			}
		}
	})
}
