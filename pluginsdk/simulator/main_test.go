package simulator

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRunServesTLSAndEndsWithStdin(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "tls")
	stdin, closeStdin := io.Pipe()
	outRead, outWrite := io.Pipe()
	var stderr bytes.Buffer
	code := make(chan int, 1)
	go func() {
		code <- run(context.Background(), &counter{}, []string{"--listen", "127.0.0.1:0", "--tls", dir, "--exit-with-stdin", "--seed", "3"}, stdin, outWrite, &stderr)
	}()
	lines := bufio.NewScanner(outRead)
	lines.Scan()
	lines.Scan()
	url := lines.Text()[strings.Index(lines.Text(), "https://"):]
	ca, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
	resp, err := client.Get(url + "/n")
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if string(text) != "00000000000000000003" {
		t.Errorf("over HTTPS: %s", text)
	}
	_ = closeStdin.Close()
	if got := <-code; got != exitOK {
		t.Errorf("exit code %d, %s", got, &stderr)
	}
}

func TestRunExitCodes(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--listen", address}, exitListen, address},
		{[]string{"--limits", "few"}, exitUsage, "allowed are"},
		{[]string{"--start", "monday"}, exitUsage, "is not a time"},
		{[]string{"serve"}, exitUsage, "unexpected argument"},
		{[]string{"--nonsense"}, exitUsage, "nonsense"},
	} {
		var stderr bytes.Buffer
		got := run(context.Background(), &counter{}, tt.args, strings.NewReader(""), io.Discard, &stderr)
		if got != tt.code || !strings.Contains(stderr.String(), tt.says) {
			t.Errorf("%v: exit %d, %s; want %d and %q", tt.args, got, &stderr, tt.code, tt.says)
		}
	}
}
