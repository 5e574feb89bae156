// Package logline takes in what connector processes print: it reads hclog's
// JSON lines, cleans whatever else comes, and logs both under the connector's
// name. Connectors are not trusted to print well: no line of theirs may stop,
// flood or forge the gateway's own log.
package logline

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/go-hclog"
)

const (
	maxMessage = 4 << 10 // bytes
	maxKey     = 64      // bytes
	maxValue   = 1 << 10 // bytes
	maxFields  = 32
	cutMark    = "…[cut]"
)

// Line is one line of a connector's log, fit to be logged and shown: its texts
// are valid UTF-8 without control characters, and of bounded length.
type Line struct {
	// Level is hclog.NoLevel where the line does not tell.
	Level   hclog.Level
	Message string
	// Fields are keys and values in turn, by key. A value is a string, a
	// json.Number, a bool or nil.
	Fields []any
}

// Parse reads one line without its end. A line that hclog's JSON format did not
// make is a message as a whole.
func Parse(raw []byte) Line {
	if line, ok := parseJSON(raw); ok {
		return line
	}
	return Line{Level: levelOf(raw), Message: clean(string(raw), maxMessage)}
}

func parseJSON(raw []byte) (Line, bool) {
	if !bytes.HasPrefix(raw, []byte("{")) {
		return Line{}, false
	}
	var all map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber() // ids beyond 2^53 stay what they are
	if err := d.Decode(&all); err != nil || d.More() {
		return Line{}, false
	}
	// Both have to be texts: a line that only resembles hclog's stays as it is.
	message, isText := all["@message"].(string)
	name, isLevel := all["@level"].(string)
	if !isText || !isLevel {
		return Line{}, false
	}
	return Line{
		Level:   hclog.LevelFromString(name),
		Message: clean(message, maxMessage),
		Fields:  fields(all),
	}, true
}

// fields returns what the line carries beside its message. The keys that the
// gateway sets itself are left out, so that no connector poses as another.
func fields(all map[string]any) []any {
	keys := make([]string, 0, len(all))
	for k := range all {
		if k != "connector" && !strings.HasPrefix(k, "@") {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	omitted := len(keys) - maxFields
	if omitted > 0 {
		keys = keys[:maxFields]
	}
	var out []any
	if module, ok := all["@module"].(string); ok {
		out = append(out, "module", clean(module, maxKey))
	}
	for _, k := range keys {
		out = append(out, clean(k, maxKey), value(all[k]))
	}
	if omitted > 0 {
		out = append(out, "omitted_fields", json.Number(strconv.Itoa(omitted)))
	}
	return out
}

func value(v any) any {
	switch v := v.(type) {
	case string:
		return clean(v, maxValue)
	case json.Number:
		return json.Number(clean(v.String(), maxKey))
	case bool, nil:
		return v
	default: // a list or an object
		text, _ := json.Marshal(v) // it came from JSON
		return clean(string(text), maxValue)
	}
}

// levelOf guesses the level of a line that is not hclog's.
func levelOf(raw []byte) hclog.Level {
	for _, l := range []hclog.Level{hclog.Trace, hclog.Debug, hclog.Info, hclog.Warn, hclog.Error} {
		if bytes.HasPrefix(raw, []byte("["+strings.ToUpper(l.String())+"]")) {
			return l
		}
	}
	if isPanic(raw) {
		return hclog.Error
	}
	return hclog.NoLevel
}

// isPanic tells the first line of what the Go runtime prints when it gives up.
func isPanic(raw []byte) bool {
	return bytes.HasPrefix(raw, []byte("panic: ")) || bytes.HasPrefix(raw, []byte("fatal error: "))
}

// clean cuts s to about limit bytes and writes what is not printable as a Go
// escape: a newline or an escape sequence in a text must not become one on a
// terminal.
func clean(s string, limit int) string {
	cut := len(s) > limit
	if cut {
		s = s[:limit]
	}
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	if strings.IndexFunc(s, unprintable) >= 0 {
		var b []byte
		for _, r := range s {
			if unprintable(r) {
				quoted := strconv.QuoteRune(r)
				b = append(b, quoted[1:len(quoted)-1]...)
			} else {
				b = utf8.AppendRune(b, r)
			}
		}
		s = string(b)
	}
	if cut {
		s += cutMark
	}
	return s
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) && r != '\t' }
