package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestStaticFaults has everything wrong with a configuration that can be known
// without the PSA: whoever starts it, all of it is said at once, each with its
// place, and no vendor is called.
func TestStaticFaults(t *testing.T) {
	t.Parallel()
	w := &world{t: t, dir: t.TempDir()}
	w.simulate()
	const literal = "Hidden-Private-Key"
	w.configure(filepath.Join(bin, "connectors/deskgate-connector-connectwise"), w.simURL, `
connection "second" {
  connector         = "connectwise"
  site              = "https://na.myconnectwise.net"
  company           = "msp demo"
  public_key        = ["of another type"]
  private_key       = "`+literal+`"
  client_id         = env("NOT_A_GUID", "deskgate")
  rate_limit        = "often"
  status_categories = {
    "Done"    = "CLOSED"
    "On hold" = "WAITNG_OTHER"
  }
  defaults {
    ticket { queu = "Service Desk" }
  }
}
connection "third" {
  connector             = "connectwise"
  site                  = "https://api-na.myconnectwise.net"
  company               = "msp"
  public_key            = "p"
  private_key           = env("CW_PRIVATE_KEY")
  client_id             = "`+vendorClientID+`"
  agent_resource        = "dana"
  rate_limit            = "off" # no loopback
  customer_notification = "flag_field"
}
group "sees" {
  allow {}
  connections = ["secnd"]
}
`)
	config := w.rewrite(`  agent_resource = "deskgate"`, ``) // of the first connection
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	// Each mistake: the text that stands at its place, and what is said of it.
	want := []struct{ there, about string }{
		{`connection "cw"`, `in connection "cw"(?s:.*)agent_resource: ConnectWise attributes notes to a member`},
		{`connection "second"`, `in connection "second"(?s:.*)agent_resource: `},
		{`"https://na.my`, `site: na.myconnectwise.net is the address of the user interface; the API is at https://api-na.myconnectwise.net`},
		{`"msp demo"`, `company: "msp demo" is no company id`},
		{`["of another`, `public_key must be a text in quotes`},
		{`env("NOT_A_GUID"`, `client_id: the client id is a GUID`},
		{`"often"`, `rate_limit: .*100/minute`},
		{`"off" # no loopback`, `rate_limit: .*loopback addresses only`},
		{`"flag_field"`, `"flag_field" is no value of customer_notification(?s:.*)Allowed: note, time_entry, none`},
		{`"WAITNG_OTHER"`, `status_categories\["On hold"\]: .*WAITING_OTHER`},
		{`queu =`, `"queu" is no attribute.*Did you mean "queue"`},
		{`"secnd"`, `no connection "secnd".*Did you mean "second"`},
	}
	for _, args := range [][]string{
		{"validate", "--config", config},
		{"serve", "--config", config, "--listen", "127.0.0.1:0"},
	} {
		got := w.deskgate("", args...)
		said := got.out + got.errors
		if got.code != 3 {
			t.Errorf("%s: exit code %d", args[0], got.code)
		}
		found := strings.Split(said, "Error: ")[1:]
		if len(found) != len(want) {
			t.Errorf("%s finds %d errors, want %d", args[0], len(found), len(want))
		}
		for _, mistake := range want {
			before, _, _ := strings.Cut(string(text), mistake.there)
			place := fmt.Sprintf("%s:%d:%d,", config, strings.Count(before, "\n")+1, len(before)-strings.LastIndex(before, "\n"))
			about := regexp.MustCompile(mistake.about)
			if !slices.ContainsFunc(found, func(d string) bool { return strings.Contains(d, place) && about.MatchString(d) }) {
				t.Errorf("%s does not say at %s that %s", args[0], place, mistake.about)
			}
		}
		if strings.Contains(said, literal) {
			t.Errorf("%s shows the private key", args[0])
		}
		if t.Failed() {
			t.Log(said)
		}
	}
	if asked := w.asked("", ""); len(asked) > 0 {
		t.Errorf("the vendor was asked %v", asked)
	}
}
