// Command deskgate-connector-connectwise connects Deskgate to ConnectWise PSA.
// The gateway starts it.
package main

import (
	"github.com/deskgate/deskgate/plugins/connectwise/internal/connector"
	"github.com/deskgate/deskgate/pluginsdk"
)

func main() { pluginsdk.Serve(connector.Connector) }
