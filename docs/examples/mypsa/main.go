// Command mypsa is the connector of My PSA.
package main

import (
	"github.com/deskgate/deskgate/docs/examples/mypsa/connector"
	"github.com/deskgate/deskgate/pluginsdk"
)

func main() { pluginsdk.Serve(connector.Connector) }
