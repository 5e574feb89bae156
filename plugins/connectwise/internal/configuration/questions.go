package configuration

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/draft"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// customFields prepares the custom fields asked for: the tenant's own, the members
// without a neutral place, and the answers to the questions of the type.
func (d *configurationDraft) customFields(ctx context.Context) error {
	answers := map[int]any{}
	var answered []string
	err := d.Custom(draft.CustomFields{
		Definitions: d.fields, Builtins: mapping.BuiltinsOf(setup.Configurations), Current: d.current.CustomFields,
		Values: d.Input.GetCustomFields(), Asked: d.Asked.GetCustomFields(), Held: d.Before.GetCustomFields(),
		Other: func(field, id string, value *structpb.Value) (bool, error) {
			question, ok := mapping.QuestionByID(id)
			if !ok {
				return false, nil
			}
			v, err := d.answer(ctx, field, question, value)
			answers[question] = v
			answered = append(answered, field)
			return true, err
		},
	})
	if err != nil || len(answers) == 0 {
		return err
	}
	list, err := d.answers(answers)
	d.SetFor(answered, "questions", list)
	return err
}

// answer is the answer to a question as the vendor takes it.
func (d *configurationDraft) answer(ctx context.Context, field string, question int, value *structpb.Value) (any, error) {
	if d.retype != 0 {
		return nil, fault.InvalidArgument(field, "the type of the configuration changes, and with it the questions: answer those of the new type in another request")
	}
	asked, err := d.questions(ctx)
	if err != nil {
		return nil, err
	}
	q, ok := asked.ByID(question)
	if !ok {
		var allowed []string
		for _, q := range asked.Values {
			allowed = append(allowed, fmt.Sprintf("%s (%s)", mapping.QuestionID(q.ID), setup.Clean(q.Caption)))
		}
		return nil, fault.InvalidArgument(field, fmt.Sprintf("configurations of type %q have no question %d", d.kind.Name, question), allowed...)
	}
	if mapping.Secret(q.FieldType) {
		return nil, fault.InvalidArgument(field, "the answer to this question is a password, which is neither shown nor written here")
	}
	v, err := mapping.VendorAnswer(q, value)
	if text, ok := v.(string); ok && err == nil && q.Type == psav1.CustomFieldType_SELECT {
		d.Asked.GetCustomFields()[mapping.QuestionID(question)] = structpb.NewStringValue(setup.Clean(text))
	}
	return v, err
}

// questions are those of the configuration's type. Where the security role does not
// reach their definitions, the record tells what it is asked.
func (d *configurationDraft) questions(ctx context.Context) (setup.Set[setup.Field], error) {
	if d.kind.ID == 0 {
		return setup.Set[setup.Field]{}, nil
	}
	asked, err := d.Account.Tables.Questions(ctx, d.kind.ID)
	if err != nil {
		return setup.Set[setup.Field]{}, err
	}
	fields := slices.Clone(asked.Values)
	for _, q := range d.current.Questions {
		if _, ok := asked.ByID(q.Record.QuestionID); ok {
			continue
		}
		f := setup.Field{Type: setup.FieldType(q.Record.FieldType, "")}
		f.ID, f.Caption, f.FieldType, f.Required = q.Record.QuestionID, q.Record.Question, q.Record.FieldType, q.Record.Required
		fields = append(fields, f)
	}
	return setup.SetOf(fields...), nil
}

// newAnswer is an answer that a record does not have yet.
type newAnswer struct {
	QuestionID int `json:"questionId"`
	Answer     any `json:"answer"`
}

// answers is the whole list of answers: those of the record with the changes, and
// the new ones.
func (d *configurationDraft) answers(changed map[int]any) ([]json.RawMessage, error) {
	list, err := mapping.Answered(d.current.Questions, changed)
	if err != nil {
		return nil, fault.Internal(err)
	}
	var fresh []newAnswer
	for question, v := range changed {
		if !slices.ContainsFunc(d.current.Questions, func(q api.Row[api.Question]) bool { return q.Record.QuestionID == question }) {
			fresh = append(fresh, newAnswer{question, v})
		}
	}
	slices.SortFunc(fresh, func(a, b newAnswer) int { return a.QuestionID - b.QuestionID })
	for _, a := range fresh {
		b, err := json.Marshal(a)
		if err != nil {
			return nil, fault.Internal(err)
		}
		list = append(list, b)
	}
	return list, nil
}
