package world

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/deskgate/deskgate/gateway/bench/load"
	"github.com/deskgate/deskgate/gateway/bench/scenario"
)

// Reset puts the simulator's data back to what they were at the start.
func (w *World) Reset() error {
	_, err := w.control("POST", "/_sim/reset", "{}")
	return err
}

// Requests counts the vendor requests that a function causes, by the simulator's
// own log of them.
func (w *World) Requests(cause func() error) (int, error) {
	if _, err := w.control("DELETE", "/_sim/requests", ""); err != nil {
		return 0, err
	}
	if err := cause(); err != nil {
		return 0, err
	}
	body, err := w.control("GET", "/_sim/requests", "")
	if err != nil {
		return 0, err
	}
	var log []json.RawMessage
	if err := json.Unmarshal(body, &log); err != nil {
		return 0, err
	}
	return len(log), nil
}

func (w *World) control(method, path, body string) ([]byte, error) {
	admin, err := load.NewHTTP(w.simulatorURL, nil)
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	return admin.Read(scenario.Request{Method: method, Path: path, Body: body})
}

// Tickets lists the ids of so many tickets.
func (w *World) Tickets(count int) ([]string, error) {
	var ids []string
	for token := ""; ; {
		body, err := w.API.Read(scenario.Request{Path: "/tickets?order_by=id&page_size=100&" + w.options.File.Tickets() + token})
		if err != nil {
			return nil, err
		}
		var page struct {
			Tickets []struct {
				ID string `json:"id"`
			} `json:"tickets"`
			Next string `json:"next_page_token"`
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return nil, err
		}
		for _, t := range page.Tickets {
			ids = append(ids, t.ID)
		}
		if len(ids) >= count {
			return slices.Clip(ids[:count]), nil
		}
		if page.Next == "" {
			return nil, fmt.Errorf("the simulator has %d tickets, and the bench needs %d", len(ids), count)
		}
		token = "&page_token=" + page.Next
	}
}
