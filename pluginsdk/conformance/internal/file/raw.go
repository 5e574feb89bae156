package file

import (
	"github.com/hashicorp/hcl/v2"
	"google.golang.org/protobuf/types/known/structpb"
)

// Raw is a record that raw calls can make, read and delete.
type Raw struct {
	// Method and Path make the record, with Body.
	Method, Path string
	Body         *structpb.Value
	// Record is the path that reads it and that deletes it, with {id} for its id.
	Record string
	// ID is where the answer to the making holds the id: `result.sys_id`.
	ID string
}

// rawBlock is the raw call of the fixtures as gohcl reads it.
type rawBlock struct {
	Method string         `hcl:"method,optional"`
	Path   string         `hcl:"path"`
	Body   hcl.Expression `hcl:"body"`
	Record string         `hcl:"record"`
	ID     string         `hcl:"id,optional"`
}

func (b *rawBlock) read(scope *hcl.EvalContext) (*Raw, error) {
	if b == nil {
		return nil, nil
	}
	r := &Raw{Method: b.Method, Path: b.Path, Record: b.Record, ID: b.ID, Body: &structpb.Value{}}
	if r.Method == "" {
		r.Method = "POST"
	}
	if r.ID == "" {
		r.ID = "id"
	}
	text, err := jsonOf("body", b.Body, scope)
	if err != nil {
		return nil, err
	}
	return r, r.Body.UnmarshalJSON(text)
}
