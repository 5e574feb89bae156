package reading

import "github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"

func people() []suite.Check      { return nil }
func files() []suite.Check       { return nil }
func witnessed() []suite.Check   { return nil }
func identifying() []suite.Check { return nil }
func tenants() []suite.Check     { return nil }
