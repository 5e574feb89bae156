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

// compile prepares every condition of the catalogue once. Those of effects are
// compiled like those of grants: a contract that is wrong does not start.
func compile(catalogue *operation.Catalogue) (map[string]condition, error) {
	conditions := map[string]condition{}
	for _, op := range catalogue.Operations {
		c := compiler{op: op}
		for _, grant := range op.Also {
			program, err := c.program(grant.When)
			if err != nil {
				return nil, fmt.Errorf("operation %s: the grant of %s under the condition %q: %w", op.Name, grant.Area, grant.When, err)
			}
			conditions[key(op, grant)] = condition{program}
		}
		for _, effect := range op.Effects {
			if _, err := c.program(effect.When); err != nil {
				return nil, fmt.Errorf("operation %s: the effect %s under the condition %q: %w", op.Name, effect.Kind, effect.When, err)
			}
		}
	}
	return conditions, nil
}

// compiler compiles the conditions of one operation.
type compiler struct {
	op  *operation.Operation
	env *cel.Env // nil before the first condition
}

// program compiles a condition; an empty one is nil, and always holds.
func (c *compiler) program(expression string) (cel.Program, error) {
	if expression == "" {
		return nil, nil
	}
	if c.env == nil {
		var err error
		if c.env, err = environment(c.op); err != nil {
			return nil, err
		}
	}
	ast, issues := c.env.Compile(expression)
	if err := issues.Err(); err != nil {
		return nil, err
	}
	if ast.OutputType() != cel.BoolType {
		return nil, fmt.Errorf("is of type %s, not bool", ast.OutputType())
	}
	return c.env.Program(ast, cel.EvalOptions(cel.OptOptimize))
}

// environment is what a condition can speak of: the request and, of an update,
// the record as it is before.
func environment(op *operation.Operation) (*cel.Env, error) {
	options := variable("request", op.Input)
	if op.Patch() {
		options = append(options, variable("current", op.Input.Field(op.HTTP.Body).Message)...)
	}
	return cel.NewEnv(options...)
}

func variable(name string, m *operation.Message) []cel.EnvOption {
	message := m.New()
	return []cel.EnvOption{
		cel.TypeDescs(message.ProtoReflect().Descriptor().ParentFile()),
		cel.Types(message),
		cel.Variable(name, cel.ObjectType(m.FullName)),
	}
}
