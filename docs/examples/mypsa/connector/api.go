package connector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// root is the part that every path of the API begins with.
const root = "/api/"

// limit is what My PSA documents for one token.
var limit = vendorhttp.Rate{Requests: 600, Per: time.Minute}

// account is who a token belongs to.
type account struct {
	Tenant string `json:"tenant"`
	Name   string `json:"name"`
}

// ticket is a ticket as My PSA holds it.
type ticket struct {
	ID        int       `json:"id"`
	Number    string    `json:"number"`
	Subject   string    `json:"subject"`
	Details   string    `json:"details"`
	Status    string    `json:"status"`
	Priority  string    `json:"priority"`
	Customer  customer  `json:"customer"`
	Reference string    `json:"reference"`
	Created   time.Time `json:"created"`
	Updated   time.Time `json:"updated"`
	Version   int       `json:"version"`
}

// customer is who a ticket is for.
type customer struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// Entry is what a customer is found by.
func (c customer) Entry() catalogue.Entry {
	return catalogue.Entry{ID: strconv.Itoa(c.ID), Name: c.Name}
}

// note is a text on a ticket.
type note struct {
	ID      int       `json:"id"`
	Text    string    `json:"text"`
	Author  string    `json:"author"`
	Created time.Time `json:"created"`
}

// api is the API of one My PSA.
type api struct {
	client *vendorhttp.Client
	site   string
}

func newAPI(env pluginsdk.Env, config Config) (*api, error) {
	client, err := vendorhttp.New(vendorhttp.Options{
		Name: "mypsa", BaseURL: string(config.Site) + root,
		Auth: func(r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+config.Token)
			return nil
		},
		Secrets: []string{config.Token}, RateLimit: config.RateLimit, VendorRate: limit,
		ErrorDecoder: decodeError, Logger: env.Logger,
	})
	return &api{client: client, site: string(config.Site)}, err
}

func (a *api) get(ctx context.Context, path string, query url.Values, into any) error {
	_, err := a.client.Do(ctx, vendorhttp.Request{Path: path, Query: query, Into: into})
	return err
}

// write sends a request that changes something. planned says that it was not
// sent: this is a dry run.
func (a *api) write(ctx context.Context, name, method, path string, body, into any) (planned bool, err error) {
	_, err = a.client.Do(ctx, vendorhttp.Request{Name: name, Method: method, Path: path, JSON: body, Into: into})
	if errors.Is(err, vendorhttp.ErrDryRun) {
		return true, nil
	}
	return false, err
}

// fields are the neutral names of My PSA's members, in its errors.
var fields = map[string]string{"subject": "title", "details": "description", "customer": "company", "reference": "external_id", "text": "body"}

// decodeError translates My PSA's errors.
func decodeError(status int, _ http.Header, body []byte) *fault.Error {
	var answer struct {
		Error struct {
			Code    string `json:"code"`
			Field   string `json:"field"`
			Message string `json:"message"`
		} `json:"error"`
	}
	_ = json.Unmarshal(body, &answer) // what is no answer of My PSA has no message
	if answer.Error.Message == "" {
		return nil
	}
	e := answer.Error
	var f *fault.Error
	switch status {
	case http.StatusUnauthorized:
		f = fault.LoginRefused("My PSA refuses the token")
	case http.StatusForbidden:
		f = fault.PermissionDenied("My PSA does not let this token do that: " + e.Message)
	case http.StatusNotFound:
		f = fault.NotFound("My PSA has no such record")
	case http.StatusBadRequest:
		field := e.Field
		if neutral, ok := fields[field]; ok {
			field = neutral
		}
		f = fault.InvalidArgument(field, e.Message)
	default:
		return nil
	}
	return f.WithVendor(status, e.Code, e.Message)
}

// recordID is the number that a record's id is at My PSA; no request is made for
// what cannot be one.
func recordID(what, id string) (int, error) {
	n, err := strconv.Atoi(id)
	if err != nil || n <= 0 || strconv.Itoa(n) != id {
		return 0, fault.NotFound(fmt.Sprintf("there is no %s %q", what, id))
	}
	return n, nil
}
