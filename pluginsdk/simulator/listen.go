package simulator

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Running is a simulator that listens.
type Running struct {
	*Server
	// URL is the origin, such as http://127.0.0.1:9102.
	URL string
	// TLSURL is the HTTPS origin; empty when it is not served.
	TLSURL string

	servers []*http.Server
	failed  chan error
}

// Start serves a vendor on a free loopback port, for tests in the process.
func Start(v Vendor, o Options) (*Running, error) {
	return Listen(v, o, "127.0.0.1:0", "")
}

// errListen marks an address that cannot be listened on.
var errListen = errors.New("cannot listen")

// Listen serves a vendor on the address and, when tlsDir is not empty, over
// HTTPS on the port 100 above it (any free one for port 0), with a
// certificate whose CA it writes to tlsDir/ca.pem.
func Listen(v Vendor, o Options, address, tlsDir string) (*Running, error) {
	s, err := New(v, o)
	if err != nil {
		return nil, err
	}
	r := &Running{Server: s, failed: make(chan error, 2)}
	plain, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w on %s: %w", errListen, address, err)
	}
	r.URL = "http://" + plain.Addr().String()
	if tlsDir != "" {
		secure, err := listenTLS(address, tlsDir)
		if err != nil {
			_ = plain.Close()
			return nil, err
		}
		r.TLSURL = "https://" + secure.Addr().String()
		r.serve(secure)
	}
	r.serve(plain)
	return r, nil
}

func listenTLS(address, dir string) (net.Listener, error) {
	host, portText, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, fmt.Errorf("the port of %s: %w", address, err)
	}
	if port != 0 {
		port += 100
	}
	certificate, err := newCertificate(dir, host)
	if err != nil {
		return nil, err
	}
	secure := net.JoinHostPort(host, strconv.Itoa(port))
	l, err := tls.Listen("tcp", secure, &tls.Config{
		Certificates: []tls.Certificate{certificate},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"http/1.1"},
	})
	if err != nil {
		return nil, fmt.Errorf("%w on %s: %w", errListen, secure, err)
	}
	return l, nil
}

func (r *Running) serve(l net.Listener) {
	srv := &http.Server{Handler: r.Server, ReadHeaderTimeout: 10 * time.Second}
	r.servers = append(r.servers, srv)
	go func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			r.failed <- err
		}
	}()
}

// Shutdown stops listening and lets running requests end within the context.
func (r *Running) Shutdown(ctx context.Context) error {
	var errs []error
	for _, srv := range r.servers {
		if err := srv.Shutdown(ctx); err != nil {
			errs = append(errs, err, srv.Close())
		}
	}
	return errors.Join(errs...)
}

// Close stops at once.
func (r *Running) Close() error {
	var errs []error
	for _, srv := range r.servers {
		errs = append(errs, srv.Close())
	}
	return errors.Join(errs...)
}
