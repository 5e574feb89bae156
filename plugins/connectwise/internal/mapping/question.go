package mapping

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// questionPrefix begins the ids of the questions that configurations answer: they
// read and write like custom fields, which a type has instead of a screen.
const questionPrefix = builtinPrefix + "questions."

// QuestionID is a question's key in custom_fields.
func QuestionID(question int) string { return questionPrefix + strconv.Itoa(question) }

// QuestionByID returns the question of a key in custom_fields.
func QuestionByID(id string) (question int, ok bool) {
	number, ok := strings.CutPrefix(id, questionPrefix)
	n, err := strconv.Atoi(number)
	return n, ok && err == nil && QuestionID(n) == id
}

// Secret reports whether the answers to a question of a field type are passwords:
// these are neither shown nor written here.
func Secret(fieldType string) bool { return fieldType == "Password" }

// answer maps the answer to a question. A record tells the type of its questions,
// and not what they take: the answer to one with a list is its text.
func answer(q api.Question) *structpb.Value {
	if Secret(q.FieldType) {
		return nil
	}
	return customValue(api.CustomField{Value: q.Answer}, setup.Field{Type: setup.FieldType(q.FieldType, "")})
}

// QuestionDefinition maps a question of a type of configurations. What it takes,
// where there is a list, has its text as the id.
func QuestionDefinition(q setup.Field, kind setup.ConfigurationType, sort int) *psav1.CustomFieldDefinition {
	b := psav1.CustomFieldDefinition_builder{
		Id:       new(QuestionID(q.ID)),
		Label:    new(kind.Name + ": " + setup.Clean(q.Caption)),
		Resource: new(setup.Configurations.Neutral()),
		Type:     new(q.Type),
		Required: new(q.Required),
		Writable: new(true),
		Builtin:  new(true),
		Sort:     new(int32(sort)),
	}
	for _, o := range q.SortedOptions() {
		text := setup.Clean(o.Value)
		b.Options = append(b.Options, psav1.CustomFieldOption_builder{Id: &text, Name: &text, Active: new(!o.Inactive)}.Build())
	}
	return b.Build()
}

// VendorAnswer is the answer to a question as the vendor takes it; a nil value
// clears. What does not fit the question is INVALID_ARGUMENT.
func VendorAnswer(q setup.Field, v *structpb.Value) (any, error) {
	value, err := VendorValue(q, v)
	if err == nil {
		return value, nil
	}
	e := fault.From(err)
	for n := range e.Violations {
		e.Violations[n].Field = CustomFieldPath(QuestionID(q.ID))
		e.Violations[n].Message = strings.Replace(e.Violations[n].Message, "custom field", "question", 1)
	}
	return nil, fault.Invalid(e.Violations...)
}

// Answered returns the questions of a record, as it came, with some answers
// changed: ConnectWise takes the whole list (seen by a public client; the same
// holds of custom fields, connectwise.md §8).
func Answered(questions []api.Row[api.Question], answers map[int]any) ([]json.RawMessage, error) {
	list := make([]json.RawMessage, len(questions))
	for n, q := range questions {
		value, ok := answers[q.Record.QuestionID]
		if !ok {
			list[n] = q.Raw
			continue
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(q.Raw, &members); err != nil {
			return nil, fmt.Errorf("question %d: %w", q.Record.QuestionID, err)
		}
		answer, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("question %d: %w", q.Record.QuestionID, err)
		}
		members["answer"] = answer
		if list[n], err = json.Marshal(members); err != nil {
			return nil, fmt.Errorf("question %d: %w", q.Record.QuestionID, err)
		}
	}
	return list, nil
}
