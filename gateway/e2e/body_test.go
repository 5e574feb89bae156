package e2e

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// large is a body far beyond the limit, and beyond what sockets buffer.
func large() string {
	return `{"title":"` + strings.Repeat("x", 5<<20) + `","company":{"id":"2"}}`
}

// TestLargeBody sends a body over the limit in every way that clients have: all
// of them read the answer, none sees a reset.
func TestLargeBody(t *testing.T) {
	t.Parallel()
	w := start(t)
	file := filepath.Join(w.dir, "large.json")
	if err := os.WriteFile(file, []byte(large()), 0o600); err != nil {
		t.Fatal(err)
	}
	target := w.path("/tickets")
	curl := func(more ...string) func(*testing.T) reply {
		return func(t *testing.T) reply {
			args := append([]string{"-sS", "-i", "--max-time", "50", "-H", "Authorization: Bearer " + tokens["full"],
				"-H", "Content-Type: application/json", "--data-binary", "@" + file, w.url + target}, more...)
			out, err := exec.Command("curl", args...).Output()
			if err != nil {
				t.Fatalf("curl: %v", err)
			}
			return parse(t, bytes.NewReader(out))
		}
	}
	cases := map[string]func(*testing.T) reply{
		"curl":               curl(),
		"curl, chunked":      curl("-H", "Transfer-Encoding: chunked"),
		"curl, no expect":    curl("-H", "Expect:"),
		"curl, both":         curl("-H", "Expect:", "-H", "Transfer-Encoding: chunked"),
		"net/http":           func(*testing.T) reply { return w.do("full", "POST", target, large()) },
		"writes all, plain":  func(t *testing.T) reply { return w.raw(t, "POST", target, plain(large())) },
		"writes all, chunks": func(t *testing.T) reply { return w.raw(t, "POST", target, chunked(large())) },
		"to a read":          func(t *testing.T) reply { return w.raw(t, "GET", target, plain(large())) },
	}
	for name, send := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			send(t).problem(t, 413, "too_large").says(t, "1048576 bytes")
		})
	}
	// Who has no token, or no such path, learns that first, and is read to the end all the same.
	w.do("", "POST", target, large()).problem(t, 401, "unauthenticated")
	w.raw(t, "POST", "/v1/nowhere", plain(large())).problem(t, 404, "not_found")
	t.Cleanup(func() {
		if written := w.written(); len(written) != 0 {
			t.Errorf("the vendor got %v", written)
		}
	})
}

// TestBodyAtTheLimit is what may still be sent: refused for what it says, not
// for its size.
func TestBodyAtTheLimit(t *testing.T) {
	t.Parallel()
	w := startWith(t, "\ngateway {\n  limits {\n    body = \"4KiB\"\n  }\n}")
	body := func(n int) string {
		frame := `{"titel":""}`
		return `{"titel":"` + strings.Repeat("x", n-len(frame)) + `"}`
	}
	w.do("full", "POST", w.path("/tickets"), body(4096)).problem(t, 400, "invalid_argument").says(t, "titel")
	w.do("full", "POST", w.path("/tickets"), body(4097)).problem(t, 413, "too_large").says(t, "4096 bytes")
	w.raw(t, "POST", w.path("/tickets"), chunked(body(4096))).problem(t, 400, "invalid_argument").says(t, "titel")
	w.raw(t, "POST", w.path("/tickets"), chunked(body(4097))).problem(t, 413, "too_large").says(t, "4096 bytes")
}

// TestBrokenRequests are not HTTP as it should be, or not whole. The gateway
// answers or hangs up, and goes on.
func TestBrokenRequests(t *testing.T) {
	t.Parallel()
	w := start(t)
	long := strings.Repeat("x", 64<<10)
	cases := map[string]struct {
		text   string
		status int
		code   string
		says   string
	}{
		"headers too large": {"GET /v1/agent HTTP/1.1\r\nHost: x\r\nX-Long: " + long + "\r\n\r\n", 431, "too_large", "header"},
		"line too long":     {"GET /v1/agent?x=" + long + " HTTP/1.1\r\nHost: x\r\n\r\n", 431, "too_large", "header"},
		"not HTTP":          {"\x16\x03\x01 hello\r\n\r\n", 400, "invalid_argument", "not HTTP"},
		"bad chunk":         {"POST /v1/connections/cw/tickets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + tokens["full"] + "\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 400, "invalid_argument", "whole"},
		"bad length":        {"POST /v1/connections/cw/tickets HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n{}", 400, "invalid_argument", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w.talk(t, c.text).problem(t, c.status, c.code).says(t, c.says)
		})
	}
	t.Cleanup(func() {
		if got := status(w.url + "/healthz"); got != 200 {
			t.Errorf("afterwards, /healthz answers %d", got)
		}
	})
}

// plain and chunked write a body with its headers.
func plain(body string) string {
	return "Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
}

func chunked(body string) string {
	var b strings.Builder
	b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
	for len(body) > 0 {
		n := min(len(body), 16<<10)
		fmt.Fprintf(&b, "%x\r\n%s\r\n", n, body[:n])
		body = body[n:]
	}
	b.WriteString("0\r\n\r\n")
	return b.String()
}

// raw sends a request as a client does that writes all of it before it reads.
func (w *world) raw(t *testing.T, method, path, rest string) reply {
	t.Helper()
	return w.talk(t, method+" "+path+" HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer "+tokens["full"]+
		"\r\nContent-Type: application/json\r\n"+rest)
}

// talk writes a text to the gateway, says that this was all, and then reads its
// answer.
func (w *world) talk(t *testing.T, text string) reply {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatalf("the request cannot be written to its end: %v", err)
	}
	// Who has answered and gone does not mind.
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil && !errors.Is(err, syscall.ENOTCONN) {
		t.Fatal(err)
	}
	return parse(t, conn)
}

// parse reads an answer off the wire, without those that only say to go on.
func parse(t *testing.T, from io.Reader) reply {
	t.Helper()
	in := bufio.NewReader(from)
	for {
		response, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatalf("the answer cannot be read: %v", err)
		}
		if response.StatusCode < 200 {
			continue
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return decoded(response, body)
	}
}
