package runner

import "bytes"

// maxLine bounds a line; what is longer is cut, and says so.
const (
	maxLine = 16 << 10
	cutMark = "…[cut]"
)

// LineWriter cuts a stream into lines. It is for one goroutine.
type LineWriter struct {
	line func([]byte)
	buf  []byte
	skip bool // the rest of a line that was too long
}

// NewLineWriter returns a LineWriter that hands every line to line, without its end.
// The slice is only valid during the call.
func NewLineWriter(line func([]byte)) *LineWriter { return &LineWriter{line: line} }

// Write implements io.Writer; it never fails.
func (w *LineWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		part, rest, ended := bytes.Cut(p, []byte("\n"))
		w.add(part)
		if ended {
			w.Flush()
			w.skip = false
		}
		p = rest
	}
	return n, nil
}

func (w *LineWriter) add(part []byte) {
	if w.skip {
		return
	}
	if room := maxLine - len(w.buf); len(part) > room {
		w.buf = append(append(w.buf, part[:room]...), cutMark...)
		w.Flush()
		w.skip = true
		return
	}
	w.buf = append(w.buf, part...)
}

// Flush hands on what stands there without a line's end.
func (w *LineWriter) Flush() {
	if line := bytes.TrimRight(w.buf, "\r"); len(line) > 0 {
		w.line(line)
	}
	w.buf = w.buf[:0]
}
