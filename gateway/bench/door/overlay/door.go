//go:build bench

// A door for the bench: the runtime's counts and profiles on a socket. `make bench`
// lays this file over the main packages of the programs that it counts (`go build
// -overlay`), so that no program that is shipped has the door, closed or not.
package main

import (
	"encoding/json"
	"log"
	"net"
	"net/http"
	_ "net/http/pprof" // the profiles
	"os"
	"path/filepath"
	"runtime"
	"strconv"
)

func init() {
	// The folder for temporary files is all that a connector is told of where it is.
	socket := filepath.Join(os.TempDir(), "door-"+strconv.Itoa(os.Getpid()))
	ln, err := net.Listen("unix", socket)
	if err != nil {
		log.Fatalf("no door for the bench: %v", err)
	}
	http.HandleFunc("/allocations", func(w http.ResponseWriter, _ *http.Request) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m) // exact, unlike runtime/metrics between two collections
		_ = json.NewEncoder(w).Encode(map[string]uint64{"objects": m.Mallocs, "bytes": m.TotalAlloc})
	})
	go func() { log.Print(http.Serve(ln, nil)) }()
}
