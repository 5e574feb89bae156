package operation

import "errors"

// stream fills op.Stream. A content goes one way, in messages whose field chunk
// holds the next bytes; the first message tells what it is.
func (op *Operation) stream(client, server bool) error {
	carries := func(m *Message) bool {
		f := m.Field(ChunkField)
		return f != nil && f.Kind == JSON && !f.Repeated
	}
	switch {
	case client && server:
		return errors.New("streams both ways; a content goes one way")
	case client:
		op.Stream = Upload
		if !carries(op.Input) || op.HTTP.Method != "POST" || op.HTTP.Body != "*" {
			return errors.New("streams its request without being a POST with the body \"*\" and a `bytes chunk`")
		}
	case server:
		op.Stream = Download
		if !carries(op.Output) || op.HTTP.Method != "GET" {
			return errors.New("streams its answer without being a GET and having a `bytes chunk`")
		}
	case op.Input.Field(ChunkField) != nil, op.Output.Field(ChunkField) != nil:
		return errors.New("has a chunk and does not stream")
	}
	return nil
}
