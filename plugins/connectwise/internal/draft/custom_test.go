package draft

import (
	"encoding/json"
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

func TestAllCustomFieldsAreSent(t *testing.T) {
	t.Parallel()
	got := whole([]api.CustomField{{ID: 3}, {ID: 1, Value: json.RawMessage(`"a"`)}, {ID: 2, Value: json.RawMessage(`7`)}}, map[int]any{2: nil, 9: "new"})
	b, err := json.Marshal(got)
	if err != nil || string(b) != `[{"id":1,"value":"a"},{"id":2,"value":null},{"id":3,"value":null},{"id":9,"value":"new"}]` {
		t.Errorf("got %s, %v", b, err)
	}
}
