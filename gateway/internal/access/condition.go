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

// environment is what a condition can speak of: the request and, where it changes
// a record, that record as it is before.
func environment(op *operation.Operation) (*cel.Env, error) {
	options := variable("request", op.Input)
	if op.Current != nil {
		options = append(options, variable("current", op.Current.CurrentRecord())...)
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
