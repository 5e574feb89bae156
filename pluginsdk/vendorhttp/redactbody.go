package vendorhttp

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

// publicKeys are what the name of a member says of a key that is no secret.
var publicKeys = regexp.MustCompile(`(?i)public[-_]?key$`)

// redactBody returns a JSON body without the values of members that carry
// credentials by their name, at any depth, and without those of JSON Patch
// operations on such a member. What is no JSON is returned as it is, and so is
// what holds none.
func redactBody(body []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil || decoder.More() || !hideSecrets(value) {
		return body
	}
	var shown bytes.Buffer
	encoder := json.NewEncoder(&shown)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil { // what was decoded always encodes
		return nil
	}
	return bytes.TrimSuffix(shown.Bytes(), []byte("\n"))
}

// hideSecrets replaces what is a secret by its name, and reports whether it has.
func hideSecrets(value any) bool {
	hidden := false
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			hidden = hideSecrets(item) || hidden
		}
	case map[string]any:
		if path, ok := v["path"].(string); ok && v["op"] != nil && secretPath(path) && holdsText(v["value"]) {
			v["value"], hidden = redacted, true
		}
		for name, item := range v {
			if secretName(name) && holdsText(item) {
				v[name], hidden = redacted, true
				continue
			}
			hidden = hideSecrets(item) || hidden
		}
	}
	return hidden
}

func secretName(name string) bool {
	return sensitiveName.MatchString(name) && !publicKeys.MatchString(name)
}

// secretPath reports whether a path of JSON Patch names a secret with any of its
// parts.
func secretPath(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if secretName(part) {
			return true
		}
	}
	return false
}

// holdsText reports whether a value can hold a secret: a switch and nothing cannot.
func holdsText(value any) bool {
	_, isSwitch := value.(bool)
	return value != nil && !isSwitch && value != ""
}
