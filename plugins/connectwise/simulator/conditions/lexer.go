package conditions

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenString
	tokenNumber
	tokenDate
	tokenOperator // = != < <= > >=
	tokenOpen
	tokenClose
	tokenComma
	tokenSlash
)

type token struct {
	kind tokenKind
	text string // the text of a string without its quotes
	at   int    // byte offset
}

// is tells whether the token is a keyword.
func (t token) is(keyword string) bool {
	return t.kind == tokenName && strings.EqualFold(t.text, keyword)
}

// lex cuts an expression into tokens; the last one is tokenEnd.
func lex(text string) ([]token, error) {
	var tokens []token
	for at := 0; at < len(text); {
		c := text[at]
		switch c {
		case ' ', '\t', '\r', '\n':
			at++
		case '(':
			tokens = append(tokens, token{tokenOpen, "(", at})
			at++
		case ')':
			tokens = append(tokens, token{tokenClose, ")", at})
			at++
		case ',':
			tokens = append(tokens, token{tokenComma, ",", at})
			at++
		case '/':
			tokens = append(tokens, token{tokenSlash, "/", at})
			at++
		case '=', '!', '<', '>':
			op := text[at : at+1]
			if at+1 < len(text) && text[at+1] == '=' && c != '=' {
				op = text[at : at+2]
			}
			if op == "!" {
				return nil, refusef("Unexpected character '!' at position %d.", at)
			}
			tokens = append(tokens, token{tokenOperator, op, at})
			at += len(op)
		case '"', '\'':
			end := strings.IndexByte(text[at+1:], c)
			if end < 0 {
				return nil, refusef("String starting at position %d is not terminated.", at)
			}
			tokens = append(tokens, token{tokenString, text[at+1 : at+1+end], at})
			at += end + 2
		case '[':
			end := strings.IndexByte(text[at:], ']')
			if end < 0 {
				return nil, refusef("Date starting at position %d is not terminated.", at)
			}
			tokens = append(tokens, token{tokenDate, strings.TrimSpace(text[at+1 : at+end]), at})
			at += end + 1
		default:
			end := wordEnd(text, at)
			if end == at {
				r, _ := utf8.DecodeRuneInString(text[at:])
				return nil, refusef("Unexpected character '%c' at position %d.", r, at)
			}
			word := text[at:end]
			kind := tokenName
			if c == '-' || c == '+' || c >= '0' && c <= '9' {
				kind = tokenNumber
			}
			tokens = append(tokens, token{kind, word, at})
			at = end
		}
	}
	return append(tokens, token{kind: tokenEnd, at: len(text)}), nil
}

// wordEnd is the end of the name or number that starts at an offset.
func wordEnd(text string, at int) int {
	for i, r := range text[at:] {
		if r == '_' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r) || i == 0 && (r == '-' || r == '+') {
			continue
		}
		return at + i
	}
	return len(text)
}
