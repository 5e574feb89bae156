package api

import (
	"net/http"
	"strings"
)

// hasNext reports whether a Link header leads to a next page (RFC 8288): one of
// its links has next among its relations. What stands in an address or in another
// parameter is no relation.
func hasNext(h http.Header) bool {
	for _, value := range h.Values("Link") {
		for value != "" {
			var relations string
			relations, value = cutLink(value)
			for rel := range strings.FieldsSeq(relations) {
				if strings.EqualFold(rel, "next") {
					return true
				}
			}
		}
	}
	return false
}

// cutLink returns the relations of the first link of a header, and what follows
// that link. What is no link is skipped up to the next comma.
func cutLink(s string) (relations, rest string) {
	s = strings.TrimLeft(s, " \t,")
	if strings.HasPrefix(s, "<") {
		at := strings.IndexByte(s, '>')
		if at < 0 {
			return "", ""
		}
		s = s[at+1:]
	}
	for s != "" {
		var name, value string
		var more bool
		name, value, s, more = cutParameter(s)
		// Of several, the first counts.
		if relations == "" && strings.EqualFold(name, "rel") {
			relations = value
		}
		if !more {
			break
		}
	}
	return relations, s
}

// cutParameter returns the parameter before the next semicolon or comma, what
// follows, and whether that still belongs to the link.
func cutParameter(s string) (name, value, rest string, more bool) {
	end := strings.IndexAny(s, "=;,")
	if end < 0 {
		return strings.TrimSpace(s), "", "", false
	}
	name, sep, s := strings.TrimSpace(s[:end]), s[end], s[end+1:]
	if sep != '=' {
		return name, "", s, sep == ';'
	}
	s = strings.TrimLeft(s, " \t")
	quoted := strings.HasPrefix(s, `"`)
	if quoted {
		value, s = cutQuoted(s[1:])
	}
	if end = strings.IndexAny(s, ";,"); end >= 0 {
		rest, more = s[end+1:], s[end] == ';'
		s = s[:end]
	}
	if !quoted {
		value = strings.TrimSpace(s)
	}
	return name, value, rest, more
}

// cutQuoted returns a text up to its closing quote, and what follows.
func cutQuoted(s string) (text, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}
