// Package door looks into programs that were built with the file in its folder
// overlay: how much they allocate, and what costs in them.
package door

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"time"
)

// Door is that of one process.
type Door struct{ client *http.Client }

// Of returns the door of a process whose folder for temporary files is dir.
func Of(dir string, pid int) Door {
	socket := filepath.Join(dir, "door-"+strconv.Itoa(pid))
	return Door{&http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
	}}}
}

// Allocations are what a process has allocated since its start.
type Allocations struct {
	Objects uint64 `json:"objects"`
	Bytes   uint64 `json:"bytes"`
}

// Allocations asks for them.
func (d Door) Allocations(ctx context.Context) (a Allocations, err error) {
	body, err := d.get(ctx, "/allocations")
	if err != nil {
		return a, err
	}
	defer func() { _ = body.Close() }() // it was read or not
	return a, json.NewDecoder(body).Decode(&a)
}

// Profile writes a profile (profile, allocs, block, ...) of a time to come, in the
// form of `go tool pprof`.
func (d Door) Profile(ctx context.Context, kind string, window time.Duration, to io.Writer) error {
	body, err := d.get(ctx, fmt.Sprintf("/debug/pprof/%s?seconds=%d", kind, int(window.Seconds())))
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // it was read or not
	_, err = io.Copy(to, body)
	return err
}

func (d Door) get(ctx context.Context, path string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://door"+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := d.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("this build has no door (make bench builds those that have one): %w", err)
	}
	if response.StatusCode != http.StatusOK {
		_ = response.Body.Close() // the status says enough
		return nil, fmt.Errorf("the door answered %s to %s", response.Status, path)
	}
	return response.Body, nil
}
