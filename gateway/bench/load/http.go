package load

import (
	"fmt"
	"net/url"

	"github.com/valyala/fasthttp"
	"golang.org/x/sync/errgroup"

	"github.com/deskgate/deskgate/gateway/bench/scenario"
)

// HTTP makes the calls of a scenario at one address. The client is fasthttp's
// because it costs little: it has the processor in common with what is measured.
type HTTP struct {
	base   *url.URL
	header map[string]string
	client *fasthttp.HostClient
}

// NewHTTP returns a client for an address, with these headers in every request. The
// path of a request is added to that of the address.
func NewHTTP(address string, header map[string]string) (*HTTP, error) {
	base, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	return &HTTP{base: base, header: header, client: &fasthttp.HostClient{
		Addr: base.Host, IsTLS: base.Scheme == "https", MaxConns: 64,
		MaxIdemponentCallAttempts: 1, // an attempt that is not seen would be measured
	}}, nil
}

// Close closes the connections that are idle.
func (h *HTTP) Close() { h.client.CloseIdleConnections() }

// Calls goes round the calls of a scenario, and on where it was when it is used once
// more: each client makes others than its neighbours, so that none of them are
// identical and the gateway has nothing to share, and an update always changes
// something.
func (h *HTTP) Calls(calls []scenario.Call, clients int) Call {
	made := make([]int, clients)
	return func(client, _ int) error {
		n := made[client]*clients + client
		made[client]++
		return h.call(calls[n%len(calls)])
	}
}

func (h *HTTP) call(call scenario.Call) error {
	for _, step := range call {
		if len(step) == 1 {
			if err := h.send(step[0]); err != nil {
				return err
			}
			continue
		}
		var side errgroup.Group
		for _, request := range step {
			side.Go(func() error { return h.send(request) })
		}
		if err := side.Wait(); err != nil {
			return err
		}
	}
	return nil
}

func (h *HTTP) send(r scenario.Request) error {
	return h.exchange(r, func(*fasthttp.Response) {})
}

// Read makes one request and returns a copy of the answer's body.
func (h *HTTP) Read(r scenario.Request) ([]byte, error) {
	var body []byte
	err := h.exchange(r, func(response *fasthttp.Response) { body = append(body, response.Body()...) })
	return body, err
}

// quoted is how much of a refusal is shown.
const quoted = 300

// exchange makes one request, whose answer is good as long as seen runs.
func (h *HTTP) exchange(r scenario.Request, seen func(*fasthttp.Response)) error {
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)
	request.SetRequestURI(h.base.Scheme + "://" + h.base.Host + h.base.Path + r.Path)
	if r.Method != "" {
		request.Header.SetMethod(r.Method)
	}
	for name, value := range h.header {
		request.Header.Set(name, value)
	}
	if r.Body != "" {
		request.Header.SetContentType("application/json")
		request.SetBodyString(r.Body)
	}
	if err := h.client.Do(request, response); err != nil {
		return fmt.Errorf("%s %s: %w", request.Header.Method(), r.Path, err)
	}
	if status := response.StatusCode(); status/100 != 2 {
		body := response.Body()
		return fmt.Errorf("%s %s answered %d: %s", request.Header.Method(), r.Path, status, body[:min(len(body), quoted)])
	}
	seen(response)
	return nil
}
