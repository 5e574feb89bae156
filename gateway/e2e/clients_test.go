package e2e

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestPublicClients sets public clients of the vendor's API, made by others for
// the vendor itself, on its simulator, over HTTPS as they ask for. What they
// trip over, a connector's author would only find at the vendor.
func TestPublicClients(t *testing.T) {
	t.Parallel()
	clients := filepath.Join(filepath.Dir(bin), "plugins/connectwise/clients")
	if _, err := os.Stat(filepath.Join(clients, "node_modules")); err != nil {
		t.Fatalf("the clients are not installed; `make clients` does it: %v", err)
	}
	scripts, err := filepath.Glob(filepath.Join(clients, "*.test.mjs"))
	if err != nil || len(scripts) < 2 {
		t.Fatalf("the clients' scripts are %v, %v", scripts, err)
	}
	for _, script := range scripts {
		t.Run(filepath.Base(script), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			_, site := launch(t, regexp.MustCompile(`(https://127\.0\.0\.1:\d+)`), nil, "deskgate-simulator-connectwise",
				"--listen", "127.0.0.1:0", "--tls", dir, "--start", "2026-03-02T09:00:00Z", "--exit-with-stdin")
			at, err := url.Parse(site)
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("node", "--test", script)
			cmd.Env = append(os.Environ(), "CW_HOST="+at.Host, "CW_DAY=2026-03-02", "NODE_EXTRA_CA_CERTS="+filepath.Join(dir, "ca.pem"))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
