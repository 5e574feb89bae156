package pluginsdk

import (
	"bytes"
	"context"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deskgate/deskgate/pluginsdk/schema"
)

var updateGolden = flag.Bool("update", false, "write the golden files")

// golden compares with a file of testdata.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *updateGolden {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-update writes it):\n%s", path, diff)
	}
}

func TestIntroduce(t *testing.T) {
	t.Parallel()
	type proxy struct {
		Address schema.URL    `hcl:"address,required" doc:"Where it is."`
		Count   int32         `hcl:"count,required" doc:"How many."`
		Wait    time.Duration `hcl:"wait,required" doc:"How long."`
	}
	type config struct {
		demoConfig
		Flags []string          `hcl:"flags,required" doc:"Which."`
		Names map[string]string `hcl:"names,required" doc:"By what."`
		On    bool              `hcl:"on,required" doc:"Whether."`
		Mode  string            `hcl:"mode,required" allowed:"fast|safe" doc:"How."`
		Proxy proxy             `hcl:"proxy,required" doc:"The way out."`
	}
	c := demoConnector(nil)
	p, err := Connector[config, *demo]{
		Name: c.Name, Version: c.Version, Summary: c.Summary, Operations: append(c.Operations, OperationSupport{
			Operation: "tickets.update", UnsupportedFields: []string{"source", "type"},
		}),
		Connect: func(context.Context, Env, config) (*demo, error) { return &demo{}, nil },
	}.program()
	if err != nil {
		t.Fatal(err)
	}
	p.partial = []string{"deskgate.psa.v1.NoteReader is not served: *demo has GetNote and lacks ListNotes"}
	var out bytes.Buffer
	if err := p.introduce(&out, "/opt/deskgate/connectors/deskgate-connector-demo"); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/introduce.txt", out.Bytes())
}
