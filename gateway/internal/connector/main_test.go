package connector_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// The test binary is also the connector that the tests run, and the gateway
// that one of them kills.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 {
		switch os.Args[1] {
		case "-connector":
			serve(os.Args[2])
			return
		case "-gateway":
			gatewayMain(os.Args[2:])
			return
		case "-hold":
			hold(os.Args[2])
			return
		}
	}
	goleak.VerifyTestMain(m)
}
