// Package vendorhttp is the HTTP client with which a connector talks to its
// PSA. It holds the rules that every connector must keep, so that a connector
// states its vendor's facts (origin, login, limits, error bodies) and no policy:
//
//   - Requests, credentials, redirects and next-links stay at the origins that
//     the connection declares.
//   - A request is paced by the vendor's limit and never waits past the
//     caller's deadline: it is refused with rate_limited and when to come back.
//   - At most three tries, and only of what is safe to repeat: a request that
//     reads, or one of which nothing was sent. A write whose answer is lost
//     fails with outcome_unknown and is never sent again.
//   - After two refused logins in a row, requests that wait fail as refused and are
//     not sent: vendors lock accounts.
//   - In a dry run, writes are recorded and refused with ErrDryRun.
//   - Contents stream: an Upload is read as it is sent, a Download handed on as it
//     comes, both within the call's context and without ever being logged.
//   - Every failure is a *fault.Error; secrets are removed from all that is
//     logged, recorded or said.
//
// Tries are driven by cenkalti/backoff. hashicorp/go-retryablehttp does not fit:
// it decides by status and error alone, repeats a POST after a lost answer, and
// sleeps through Retry-After whatever the deadline.
//
// net/http would repeat a GET whose pooled connection turns out to be closed, on
// one connection of the pool after the other. It is kept from that, and such a
// read is a try like any other, without a wait. What it still repeats is a
// request with a body of which not a byte was written. An Idempotency-Key header
// would let it repeat a write, so the client refuses one. HTTP/2 is off: there
// net/http also repeats a write after a PROTOCOL_ERROR, and one broken connection
// takes several writes with it.
package vendorhttp
