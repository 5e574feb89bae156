package world

import (
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// connection is the connection's name, and the agent's and its group's as well.
const connection = "bench"

func (w *World) config() string { return filepath.Join(w.Dir, "gateway.hcl") }

// configure writes the gateway's configuration: an agent that may read and write
// tickets, and one connection. Whatever else there is stays as it is by default.
func (w *World) configure() error {
	bin, err := filepath.Abs(w.options.Bin)
	if err != nil {
		return err
	}
	attributes, err := w.options.File.Connection(w.simulatorURL)
	if err != nil {
		return err
	}
	name := w.options.File.Connector()
	file := hclwrite.NewEmptyFile()
	add := func(kind string, labels []string, values map[string]cty.Value) {
		body := file.Body().AppendNewBlock(kind, labels).Body()
		for name, value := range values {
			body.SetAttributeValue(name, value)
		}
	}
	add("state", nil, map[string]cty.Value{"dir": cty.StringVal(filepath.Join(w.Dir, "state"))})
	add("connector", []string{name}, map[string]cty.Value{"source": cty.StringVal(filepath.Join(bin, "connectors", "deskgate-connector-"+name))})
	block := map[string]cty.Value{"connector": cty.StringVal(name)}
	for name, value := range attributes {
		block[name] = cty.StringVal(value)
	}
	add("connection", []string{connection}, block)
	add("agent", []string{connection}, map[string]cty.Value{
		"groups": cty.TupleVal([]cty.Value{cty.StringVal(connection)}), "token": cty.StringVal(w.token),
	})
	group := file.Body().AppendNewBlock("group", []string{connection}).Body()
	group.SetAttributeValue("connections", cty.TupleVal([]cty.Value{cty.StringVal(connection)}))
	group.AppendNewBlock("allow", nil).Body().SetAttributeValue("tickets", cty.StringVal("write"))
	return os.WriteFile(w.config(), file.Bytes(), 0o600)
}
