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

// holds says whether the condition holds for a request. One that fails counts
// as true: a grant asked for too often is a nuisance, one too seldom a hole.
func (c condition) holds(request proto.Message) bool {
	if c.program == nil {
		return true
	}
	out, _, err := c.program.Eval(map[string]any{"request": request})
	if err != nil {
		return true
	}
	met, ok := out.Value().(bool)
	return !ok || met
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
	env, err := cel.NewEnv(
		cel.TypeDescs(request.ProtoReflect().Descriptor().ParentFile()),
		cel.Types(request),
		cel.Variable("request", cel.ObjectType(op.Input.FullName)),
	)
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
