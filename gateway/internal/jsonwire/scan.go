package jsonwire

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// scanner reads the tokens of RFC 8259 and nothing more lenient.
type scanner struct {
	data []byte
	pos  int
}

// syntaxError says where a text stops being JSON.
type syntaxError struct {
	offset  int
	message string
}

func (e *syntaxError) Error() string { return e.message }

// problem tells the place as people count it.
func (e *syntaxError) problem(body []byte) *problem.Problem {
	before := body[:min(e.offset, len(body))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := 1 + utf8.RuneCount(before[1+bytes.LastIndexByte(before, '\n'):])
	return problem.New(problem.InvalidArgument, "the body is not valid JSON: line %d, column %d: %s", line, column, e.message)
}

func (s *scanner) fail(format string, args ...any) error {
	return &syntaxError{s.pos, fmt.Sprintf(format, args...)}
}

// space skips white space and returns the byte that follows; 0 at the end.
func (s *scanner) space() byte {
	for ; s.pos < len(s.data); s.pos++ {
		switch c := s.data[s.pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// take skips white space and takes one expected byte.
func (s *scanner) take(want byte, where string) error {
	if c := s.space(); c != want || s.pos == len(s.data) {
		return s.unexpected(fmt.Sprintf("%q %s", want, where))
	}
	s.pos++
	return nil
}

func (s *scanner) unexpected(want string) error {
	if s.pos >= len(s.data) {
		return s.fail("the text ends where %s should be", want)
	}
	r, size := utf8.DecodeRune(s.data[s.pos:])
	if r == utf8.RuneError && size <= 1 {
		return s.fail("there is the byte 0x%02x where %s should be", s.data[s.pos], want)
	}
	return s.fail("there is %q where %s should be", r, want)
}

// end makes sure that nothing follows.
func (s *scanner) end() error {
	if s.space(); s.pos < len(s.data) {
		return s.fail("more follows after the end of the JSON value")
	}
	return nil
}

// literal takes true, false or null.
func (s *scanner) literal(word string) error {
	if !bytes.HasPrefix(s.data[s.pos:], []byte(word)) {
		return s.unexpected("a JSON value")
	}
	s.pos += len(word)
	return nil
}

// number takes a number and returns it as written.
func (s *scanner) number() (string, error) {
	start := s.pos
	s.skip("-")
	if s.skip("0") == 0 && s.digits() == 0 {
		return "", s.unexpected("a digit")
	}
	if s.skip(".") > 0 && s.digits() == 0 {
		return "", s.unexpected("a digit")
	}
	if s.skip("eE") > 0 {
		s.skip("+-")
		if s.digits() == 0 {
			return "", s.unexpected("a digit")
		}
	}
	return string(s.data[start:s.pos]), nil
}

// skip takes one byte if it is one of those given.
func (s *scanner) skip(any string) int {
	if s.pos < len(s.data) && bytes.IndexByte([]byte(any), s.data[s.pos]) >= 0 {
		s.pos++
		return 1
	}
	return 0
}

func (s *scanner) digits() int {
	start := s.pos
	for s.pos < len(s.data) && '0' <= s.data[s.pos] && s.data[s.pos] <= '9' {
		s.pos++
	}
	return s.pos - start
}

// text takes a string whose quote is next. A flaw is what is wrong with it
// although its syntax is right; the caller knows the field to name.
func (s *scanner) text() (value, flaw string, err error) {
	s.pos++
	start := s.pos
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			raw := s.data[start:s.pos]
			s.pos++
			if !utf8.Valid(raw) {
				return string(raw), "is not valid UTF-8", nil
			}
			return string(raw), "", nil
		case c == '\\':
			return s.escaped(start)
		case c < ' ':
			return "", "", s.fail("there is the control character 0x%02x in a string; write it as \\u%04x", c, c)
		}
		s.pos++
	}
	return "", "", s.unexpected("the end of a string")
}

// escaped goes on with a string from its first backslash.
func (s *scanner) escaped(start int) (value, flaw string, err error) {
	out := bytes.Clone(s.data[start:s.pos])
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			if flaw == "" && !utf8.Valid(out) {
				flaw = "is not valid UTF-8"
			}
			return string(out), flaw, nil
		case c == '\\':
			r, err := s.escape()
			if err != nil {
				return "", "", err
			}
			switch {
			case r == 0:
				flaw = "has a NUL character"
			case utf16.IsSurrogate(r):
				flaw = "has half a surrogate pair"
			}
			out = utf8.AppendRune(out, r)
			continue
		case c < ' ':
			return "", "", s.fail("there is the control character 0x%02x in a string; write it as \\u%04x", c, c)
		default:
			out = append(out, c)
		}
		s.pos++
	}
	return "", "", s.unexpected("the end of a string")
}

var escapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape takes an escape sequence; half a surrogate pair is returned as it is.
func (s *scanner) escape() (rune, error) {
	if s.pos++; s.pos < len(s.data) {
		if r, ok := escapes[s.data[s.pos]]; ok {
			s.pos++
			return r, nil
		}
	}
	r, ok := s.hex()
	if !ok {
		return 0, s.unexpected(`an escape such as \n or \u00e9`)
	}
	if utf16.IsSurrogate(r) && s.pos < len(s.data) && s.data[s.pos] == '\\' {
		before := s.pos
		s.pos++
		if low, ok := s.hex(); ok {
			if whole := utf16.DecodeRune(r, low); whole != utf8.RuneError {
				return whole, nil
			}
		}
		s.pos = before
	}
	return r, nil
}

// hex takes uXXXX.
func (s *scanner) hex() (rune, bool) {
	if s.pos+5 > len(s.data) || s.data[s.pos] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s.data[s.pos+1:s.pos+5]), 16, 16)
	if err != nil {
		return 0, false
	}
	s.pos += 5
	return rune(n), true
}
