// Command deskgate-simulator-connectwise simulates a ConnectWise PSA tenant.
package main

import (
	"github.com/deskgate/deskgate/plugins/connectwise/simulator"
	sdk "github.com/deskgate/deskgate/pluginsdk/simulator"
)

func main() { sdk.Main(simulator.New()) }
