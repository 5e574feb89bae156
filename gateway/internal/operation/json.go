package operation

import (
	"bytes"
	"encoding/json"
	"io"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	gatewayv1 "github.com/deskgate/deskgate/proto/deskgate/gateway/v1"
)

// WriteJSON prints what `GET /v1/operations` answers.
func (c *Catalogue) WriteJSON(w io.Writer) error {
	answer := &gatewayv1.ListOperationsResponse{}
	var records []*gatewayv1.Operation
	for _, op := range c.Operations {
		records = append(records, op.Record())
	}
	answer.SetOperations(records)
	return writeJSON(w, answer)
}

// WriteJSON prints the operation as `GET /v1/operations` has it.
func (op *Operation) WriteJSON(w io.Writer) error { return writeJSON(w, op.Record()) }

// writeJSON indents, which also levels the white space that protojson varies on
// purpose.
func writeJSON(w io.Writer, m proto.Message) error {
	raw, err := protojson.MarshalOptions{UseProtoNames: true, EmitDefaultValues: true}.Marshal(m)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return err
	}
	out.WriteByte('\n')
	_, err = out.WriteTo(w)
	return err
}
