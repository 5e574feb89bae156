package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/handshake"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// Mistakes in trouble.
var (
	leaksASecret      = mutant{handle: leaking}
	logsASecret       = mutant{handle: logging}
	missesAsTrouble   = faulty(func(_ *call, f *fault.Error) { recode(f, fault.CodeNotFound, fault.CodeVendorError) })
	hidesVendorWords  = faulty(func(_ *call, f *fault.Error) { f.Vendor = nil })
	forgetsRetryAfter = faulty(func(_ *call, f *fault.Error) { f.RetryAfter = 0 })
	writeNotSent      = faulty(func(_ *call, f *fault.Error) { f.Outcome = fault.NotSent })
	ignoresDeadlines  = mutant{handle: patient}
	mixesUpCallers    = mutant{handle: mixed()}
	diesOfAnID        = mutant{handle: mortal}
	sawEveryWrite     = answering(func(r *connectorv1.CheckOutcomeResponse) { r.SetHappened(connectorv1.Happened_HAPPENED) })
	sawNoWrite        = answering(func(r *connectorv1.CheckOutcomeResponse) {
		r.SetHappened(connectorv1.Happened_DID_NOT)
		r.ClearResponse()
	})
	findsAllWell = answering(func(r *connectorv1.CheckResponse) {
		for _, f := range r.GetFindings() {
			f.SetLevel(connectorv1.Finding_Level_OK)
		}
	})
	countsNothing = mutant{handle: uncounted}
)

// secret is some secret text of a connection's configuration.
func (c *call) secret() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, config := range c.configs {
		for _, a := range c.right.Description.GetSchema().GetAttributes() {
			if text, ok := config[a.GetName()].(string); ok && a.GetSecret() && text != "" {
				return text
			}
		}
	}
	return ""
}

func leaking(c *call) (proto.Message, error) {
	return faulty(func(c *call, f *fault.Error) { f.Message += " (with the key " + c.secret() + ")" }).make(c)
}

func logging(c *call) (proto.Message, error) {
	if secret := c.secret(); secret != "" {
		fmt.Fprintln(os.Stderr, "calling with the key", secret)
	}
	return forward(c)
}

func recode(f *fault.Error, from, to fault.Code) {
	if f.Code == from {
		f.Code = to
	}
}

// patient goes on whatever the caller says, and answers when it is done.
func patient(c *call) (proto.Message, error) {
	md, _ := metadata.FromOutgoingContext(c.ctx)
	return c.send(metadata.NewOutgoingContext(context.WithoutCancel(c.ctx), md), c.request)
}

// mixed answers a ticket that another caller has asked for before, every other
// time.
func mixed() func(c *call) (proto.Message, error) {
	var mu sync.Mutex
	var last proto.Message
	var n int
	return func(c *call) (proto.Message, error) {
		response, err := forward(c)
		if _, ok := response.(*psav1.GetTicketResponse); !ok || err != nil {
			return response, err
		}
		mu.Lock()
		defer mu.Unlock()
		n++
		answer := response
		if n%2 == 0 && last != nil {
			answer = last
		}
		last = response
		return answer, nil
	}
}

func mortal(c *call) (proto.Message, error) {
	if r, ok := c.request.(*psav1.GetTicketRequest); ok && strings.Contains(r.GetTicket(), "..") {
		os.Exit(2)
	}
	return forward(c)
}

func uncounted(c *call) (proto.Message, error) {
	response, err := forward(c)
	c.trailer.Set(handshake.TrailerVendorRequests, "0")
	return response, err
}
