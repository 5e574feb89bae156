package gatewayapi

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/reflect/protoreflect"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	gatewayv1 "github.com/deskgate/deskgate/proto/deskgate/gateway/v1"
)

// TestNumbers holds that what is converted from the connectors' contract by its
// number means the same in the API.
func TestNumbers(t *testing.T) {
	t.Parallel()
	names := func(e protoreflect.Enum) map[protoreflect.EnumNumber]protoreflect.Name {
		all, values := map[protoreflect.EnumNumber]protoreflect.Name{}, e.Descriptor().Values()
		for i := range values.Len() {
			all[values.Get(i).Number()] = values.Get(i).Name()
		}
		return all
	}
	for _, c := range []struct{ connector, api protoreflect.Enum }{
		{connectorv1.Finding_Level_OK, gatewayv1.Finding_Level_OK},
		{connectorv1.Permission_GRANTED, gatewayv1.PsaPermission_GRANTED},
	} {
		if diff := cmp.Diff(names(c.connector), names(c.api)); diff != "" {
			t.Errorf("%s: -connector +api:\n%s", c.api.Descriptor().FullName(), diff)
		}
	}
}
