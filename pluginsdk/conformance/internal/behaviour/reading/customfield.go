package reading

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// owners are the resources that custom fields belong to, each with the list of its
// records.
var owners = []struct{ resource, list string }{
	{"ticket", "tickets.list"}, {"time_entry", "time_entries.list"}, {"company", "companies.list"},
	{"contact", "contacts.list"}, {"configuration", "configurations.list"},
}

func customFields(t *suite.T) {
	any := false
	for _, owner := range owners {
		definitions := definitionsOf(t, owner.resource)
		if owner.resource == "ticket" {
			for id := range definitionsOf(t, "") {
				if definitions[id] == nil {
					t.Errorf("catalogue.custom_fields without a resource has %s, and with resource=ticket, which is the default, it has not", id)
				}
			}
		}
		any = any || len(definitions) > 0
		if !t.Serves(owner.list) {
			continue
		}
		for _, row := range t.List(t.Conn(), owner.list, withParts(t.Request(owner.list), psav1.Include_CUSTOM_FIELDS)) {
			v, _, ok := field.At(row, "custom_fields")
			if !ok {
				continue
			}
			v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
				d := definitions[k.String()]
				value, _ := v.Message().Interface().(*structpb.Value)
				switch {
				case d == nil:
					t.Errorf("%s of %s carries the custom field %q, which catalogue.custom_fields with resource=%s does not define", owner.list, suite.ID(row), k.String(), owner.resource)
				case !fits(d, value):
					t.Errorf("%s of %s: the custom field %q is %s, which is no %s", owner.list, suite.ID(row), k.String(), field.Show(v.Message()), d.GetType())
				}
				return true
			})
		}
	}
	if !any {
		t.NotRun("there are no custom fields")
	}
}

func definitionsOf(t *suite.T, resource string) map[string]*psav1.CustomFieldDefinition {
	request := t.Request("catalogue.custom_fields")
	if resource != "" {
		set(request, "resource", resource)
	}
	response, err := t.Call(t.Context(), t.Conn(), "catalogue.custom_fields", request)
	t.Must(err)
	all := map[string]*psav1.CustomFieldDefinition{}
	for _, row := range suite.Rows(response) {
		d, _ := row.Interface().(*psav1.CustomFieldDefinition)
		where := "catalogue.custom_fields with resource=" + resource + ", " + d.GetId()
		switch {
		case d.GetId() == "" || d.GetLabel() == "":
			t.Errorf("%s has the id %q and the label %q; it needs both", where, d.GetId(), d.GetLabel())
		case all[d.GetId()] != nil:
			t.Errorf("%s is there twice", where)
		case d.GetBuiltin() != strings.HasPrefix(d.GetId(), "vendor."):
			t.Errorf("%s: the ids of builtin fields, and of no others, begin with vendor.", where)
		case d.GetType() == psav1.CustomFieldType_UNSPECIFIED:
			t.Errorf("%s has no type", where)
		case resource != "" && d.GetResource() != resource:
			t.Errorf("%s says that it is of %q", where, d.GetResource())
		}
		if (d.GetType() == psav1.CustomFieldType_SELECT || d.GetType() == psav1.CustomFieldType_MULTISELECT) && len(d.GetOptions()) == 0 {
			t.Errorf("%s is a %s without options", where, d.GetType())
		}
		all[d.GetId()] = d
	}
	return all
}

var address = regexp.MustCompile(`^[a-z]+:`)

// fits tells whether a value is of the type that a definition says.
func fits(d *psav1.CustomFieldDefinition, v *structpb.Value) bool {
	text, isText := v.GetKind().(*structpb.Value_StringValue)
	option := func(id string) bool {
		return slices.ContainsFunc(d.GetOptions(), func(o *psav1.CustomFieldOption) bool { return o.GetId() == id })
	}
	switch d.GetType() {
	case psav1.CustomFieldType_NUMBER:
		_, ok := v.GetKind().(*structpb.Value_NumberValue)
		return ok
	case psav1.CustomFieldType_BOOL:
		_, ok := v.GetKind().(*structpb.Value_BoolValue)
		return ok
	case psav1.CustomFieldType_DATE:
		return isText && day.MatchString(text.StringValue)
	case psav1.CustomFieldType_DATETIME:
		if !isText {
			return false
		}
		_, err := time.Parse(time.RFC3339, text.StringValue)
		return err == nil && strings.HasSuffix(text.StringValue, "Z")
	case psav1.CustomFieldType_SELECT:
		return isText && option(text.StringValue)
	case psav1.CustomFieldType_MULTISELECT:
		for _, item := range v.GetListValue().GetValues() {
			if !option(item.GetStringValue()) {
				return false
			}
		}
		return v.GetListValue() != nil
	case psav1.CustomFieldType_URL:
		return isText && (address.MatchString(text.StringValue) || strings.Contains(text.StringValue, "."))
	}
	return isText
}
