// Command simulator stands in for My PSA on a machine without one.
package main

import (
	"github.com/deskgate/deskgate/docs/examples/mypsa/simulator"
	sdk "github.com/deskgate/deskgate/pluginsdk/simulator"
)

func main() { sdk.Main(simulator.New()) }
