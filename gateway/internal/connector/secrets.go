package connector

import (
	"encoding/json"
	"net/url"
	"strings"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// minSecret is the length below which hiding a value would hide too much else.
const minSecret = 6

// hiding returns a Replacer that takes the secrets of these configurations out
// of texts. It is the second line: connectors do not show them in the first
// place.
func hiding(schema *connectorv1.Schema, configs ...json.RawMessage) *strings.Replacer {
	var pairs []string
	for _, config := range configs {
		var values map[string]any
		if json.Unmarshal(config, &values) != nil {
			continue // the connector will say what is wrong with it
		}
		for _, secret := range secretsIn(schema, values, nil) {
			pairs = append(pairs, secret, "[hidden]")
			if escaped := url.QueryEscape(secret); escaped != secret {
				pairs = append(pairs, escaped, "[hidden]")
			}
		}
	}
	return strings.NewReplacer(pairs...)
}

func secretsIn(schema *connectorv1.Schema, values map[string]any, found []string) []string {
	for _, a := range schema.GetAttributes() {
		if a.GetSecret() {
			found = texts(values[a.GetName()], found)
		}
	}
	for _, b := range schema.GetBlocks() {
		if inner, ok := values[b.GetName()].(map[string]any); ok {
			found = secretsIn(b.GetSchema(), inner, found)
		}
	}
	return found
}

func texts(v any, found []string) []string {
	switch v := v.(type) {
	case string:
		if len(v) >= minSecret {
			found = append(found, v)
		}
	case []any:
		for _, e := range v {
			found = texts(e, found)
		}
	case map[string]any:
		for _, e := range v {
			found = texts(e, found)
		}
	}
	return found
}
