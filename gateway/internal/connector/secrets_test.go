package connector

import (
	"encoding/json"
	"testing"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

func TestHiding(t *testing.T) {
	t.Parallel()
	attribute := func(name string, secret bool) *connectorv1.Attribute {
		return connectorv1.Attribute_builder{Name: &name, Secret: &secret}.Build()
	}
	schema := connectorv1.Schema_builder{
		Attributes: []*connectorv1.Attribute{attribute("url", false), attribute("key", true), attribute("pins", true), attribute("keys", true)},
		Blocks: []*connectorv1.Block{connectorv1.Block_builder{
			Name:   new("proxy"),
			Schema: connectorv1.Schema_builder{Attributes: []*connectorv1.Attribute{attribute("password", true)}}.Build(),
		}.Build()},
	}.Build()
	hide := hiding(schema,
		json.RawMessage(`{"url":"https://psa.example","key":"top/secret","pins":["123456","12"],"proxy":{"password":"swordfish"}}`),
		json.RawMessage(`{"keys":{"a":"other-secret"}}`), json.RawMessage(`broken`))
	for text, want := range map[string]string{
		"https://psa.example?key=top%2Fsecret": "https://psa.example?key=[hidden]",
		"top/secret swordfish":                 "[hidden] [hidden]",
		"pin 123456 of 12":                     "pin [hidden] of 12",
		"of another connection: other-secret":  "of another connection: [hidden]",
		"nothing":                              "nothing",
	} {
		if got := hide.Replace(text); got != want {
			t.Errorf("%q became %q, not %q", text, got, want)
		}
	}
}
