package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// client calls a running gateway by its REST API.
type client struct {
	base, token string
	http        http.Client
}

// clientTimeout is longer than the longest deadline of a call, with the look for
// a write whose answer was lost.
const clientTimeout = 2 * time.Minute

func newClient() (*client, error) {
	base := os.Getenv("DESKGATE_URL")
	if base == "" {
		base = "http://127.0.0.1:8080"
	}
	token := os.Getenv("DESKGATE_TOKEN")
	if token == "" {
		return nil, exit(exitUsage, errors.New("set DESKGATE_TOKEN to the token of an agent, and DESKGATE_URL to the gateway (http://127.0.0.1:8080 by default)"))
	}
	return &client{base: strings.TrimRight(base, "/"), token: token, http: http.Client{Timeout: clientTimeout}}, nil
}

// call makes a request and returns the answer's JSON; it is decoded into m too.
func (c *client) call(method, path string, m proto.Message) ([]byte, error) {
	request, err := http.NewRequest(method, c.base+path, nil)
	if err != nil {
		return nil, exit(exitUsage, fmt.Errorf("DESKGATE_URL: %w", err))
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := c.http.Do(request)
	if err != nil {
		return nil, exit(exitReach, fmt.Errorf("the gateway at %s cannot be reached: %w", c.base, errors.Unwrap(err)))
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, exit(exitReach, err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		return nil, exit(exitFailed, refused(response.StatusCode, body))
	}
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(body, m); err != nil {
		return nil, exit(exitFailed, fmt.Errorf("the gateway's answer cannot be read: %w", err))
	}
	return body, nil
}

// refused is the gateway's no, in its own words.
func refused(status int, body []byte) error {
	var document problem.Document
	if json.Unmarshal(body, &document) != nil || document.Code == "" {
		return fmt.Errorf("the gateway answered %d", status)
	}
	return fmt.Errorf("%s: %s (request %s)", document.Code, document.Detail, document.RequestID)
}
