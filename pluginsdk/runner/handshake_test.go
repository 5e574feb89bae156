package runner

import (
	"strings"
	"testing"
)

func FuzzHandshake(f *testing.F) {
	for _, seed := range []string{"1|1|unix|/s|grpc|x", "1|1|unix|/s|grpc|", "", "|||||", "1|1|unix|/s|grpc", "1|01|unix|/s|grpc|x", "\xff|\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		err := checkHandshake(line)
		if err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
		if err == nil && (!strings.HasPrefix(strings.TrimSpace(line), "1|1|unix|") || len(strings.Split(line, "|")) < 6) {
			t.Errorf("%q was accepted", line)
		}
	})
}
