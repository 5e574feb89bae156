// Command deskgate-simulator-connectwise simulates a ConnectWise PSA tenant.
package main

import (
	sdk "github.com/deskgate/deskgate/pluginsdk/simulator"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator"
)

func main() { sdk.Main(simulator.New()) }
