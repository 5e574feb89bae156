package schema_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/schema"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

type loop struct {
	Inner *loop `hcl:"inner" doc:"x"`
}

type plainA struct {
	A string `hcl:"a" doc:"x"`
}

func TestOfRefusesWrongTags(t *testing.T) {
	t.Parallel()
	cases := map[string]func(){
		"has to be a struct": of[string],
		"has no hcl tag":     of[struct{ A string }],
		"is not exported": of[struct {
			a string `hcl:"a" doc:"x"`
		}],
		"not in snake_case": of[struct {
			A string `hcl:"camelCase" doc:"x"`
		}],
		"the gateway's own": of[struct {
			A string `hcl:"connector" doc:"x"`
		}],
		`the one option is "required"`: of[struct {
			A string `hcl:"a,optional" doc:"x"`
		}],
		"no doc tag": of[struct {
			A string `hcl:"a"`
		}],
		"cannot be configured": of[struct {
			A int64 `hcl:"a" doc:"x"`
		}],
		"a block has no tag": of[struct {
			A plainA `hcl:"a" default:"x" doc:"x"`
		}],
		"holds itself": of[loop],
		`has the name "a" too`: of[struct {
			plainA
			B string `hcl:"a" doc:"x"`
		}],
		"only structs can be embedded": of[struct{ *plainA }],
		`the one value is "true"`: of[struct {
			A string `hcl:"a" secret:"yes" doc:"x"`
		}],
		"only texts can be secret": of[struct {
			A bool `hcl:"a" secret:"true" doc:"x"`
		}],
		"allowed values are for": of[struct {
			A bool `hcl:"a" allowed:"true" doc:"x"`
		}],
		"required or secret has no default": of[struct {
			A string `hcl:"a,required" default:"x" doc:"x"`
		}],
		"no default but the empty one": of[struct {
			A []string `hcl:"a" default:"x" doc:"x"`
		}],
		`default:"maybe": must be true or false`: of[struct {
			A bool `hcl:"a" default:"maybe" doc:"x"`
		}],
		`default:"c": "c" is not allowed`: of[struct {
			A string `hcl:"a" default:"c" allowed:"a|b" doc:"x"`
		}],
	}
	for want, compile := range cases {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("panicked with %s", got)
				}
			}()
			compile()
		})
	}
}

func of[T any]() { schema.Of[T]() }

type modes struct {
	Mode string `hcl:"mode" allowed:"fast|safe|none" doc:"x"`
	Name string `hcl:"name" doc:"x"`
}

// TestFieldShadowsEmbedded: as in Go, the outer field is the one that counts, wherever
// it stands.
func TestFieldShadowsEmbedded(t *testing.T) {
	t.Parallel()
	type after struct {
		modes
		Mode string `hcl:"mode" allowed:"fast|safe" doc:"y"`
	}
	type before struct {
		Mode string `hcl:"mode" allowed:"fast|safe" doc:"y"`
		modes
	}
	for name, got := range map[string]*connectorv1.Schema{"after": schema.Of[after](), "before": schema.Of[before]()} {
		list := got.GetAttributes()
		if len(list) != 2 || list[0].GetName() != "mode" || list[0].GetDescription() != "y" || !slices.Equal(list[0].GetAllowed(), []string{"fast", "safe"}) || list[1].GetName() != "name" {
			t.Errorf("%s: %v", name, list)
		}
	}
	var into after
	if err := schema.Decode([]byte(`{"mode":"safe"}`), &into); err != nil || into.Mode != "safe" || into.modes.Mode != "" {
		t.Errorf("%+v, %v", into, err)
	}
	if err := schema.Decode([]byte(`{"mode":"none"}`), &into); err == nil || !strings.Contains(err.Error(), "it may be fast, safe") {
		t.Errorf("what only the shadowed one allows: %v", err)
	}
}

func TestReservedNamesAreFreeInBlocks(t *testing.T) {
	t.Parallel()
	type block struct {
		Connector string `hcl:"connector" doc:"x"`
	}
	type outer struct {
		Block block `hcl:"block" doc:"x"`
	}
	if got := schema.Of[outer]().GetBlocks()[0].GetSchema().GetAttributes()[0].GetName(); got != "connector" {
		t.Errorf("got %q", got)
	}
}
