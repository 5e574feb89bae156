package access

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/gateway/internal/operation"
)

// condition is a compiled `when` of the catalogue. The zero condition always
// holds.
type condition struct{ program cel.Program }

// holds says whether the condition holds for a request, and for the record as it
// is, which is nil where nobody has read it. One that fails counts as true: a
// grant asked for too often is a nuisance, one too seldom a hole. told is false
// for a condition that failed and might not with the record.
func (c condition) holds(request, current proto.Message) (met, told bool) {
	if c.program == nil {
		return true, true
	}
	known := map[string]any{"request": request}
	if current != nil {
		known["current"] = current
	}
	out, _, err := c.program.Eval(known)
	if err != nil {
		return true, current != nil
	}
	met, ok := out.Value().(bool)
	return !ok || met, true
}

func key(op *operation.Operation, g operation.Grant) string { return op.Name + "\x00" + g.When }

// compile prepares every condition of the catalogue once.
func compile(catalogue *operation.Catalogue) (map[string]condition, error) {
	conditions := map[string]condition{}
	for _, op := range catalogue.Operations {
		for _, grant := range op.Also {
			if grant.When == "" {
				continue
			}
			program, err := program(op, grant.When)
			if err != nil {
				return nil, fmt.Errorf("operation %s: condition %q: %w", op.Name, grant.When, err)
			}
			conditions[key(op, grant)] = condition{program}
		}
	}
	return conditions, nil
}

func program(op *operation.Operation, expression string) (cel.Program, error) {
	request := op.Input.New()
	options := []cel.EnvOption{
		cel.TypeDescs(request.ProtoReflect().Descriptor().ParentFile()),
		cel.Types(request),
		cel.Variable("request", cel.ObjectType(op.Input.FullName)),
	}
	if op.Current != nil {
		record := op.Current.CurrentRecord()
		options = append(options, cel.Types(record.New()), cel.Variable("current", cel.ObjectType(record.FullName)))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		return nil, err
	}
	ast, issues := env.Compile(expression)
	if err := issues.Err(); err != nil {
		return nil, err
	}
	if ast.OutputType() != cel.BoolType {
		return nil, fmt.Errorf("is of type %s, not bool", ast.OutputType())
	}
	return env.Program(ast, cel.EvalOptions(cel.OptOptimize))
}
