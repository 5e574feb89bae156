package company

import (
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
)

var configurationRules = &rest.Rules{Object: "configuration", Settle: func(_ *rest.Call, w *rest.Change) {
	if w.New.Custom == nil {
		w.New.Custom = map[int64]any{}
	}
}}
