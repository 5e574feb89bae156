package runner

import (
	"os"
	"slices"
)

// allowed are the variables of the gateway's own environment that a connector
// sees. Everything else stays outside: the gateway's environment holds the
// tokens of its agents and the secrets of every connection. HOME is left out
// too, because libraries look there for credentials that nobody configured
// (.netrc, cloud profiles), and so are the switches of Go's runtime (GODEBUG,
// GOTRACEBACK), which are meant for the gateway.
var allowed = []string{
	"PATH",                       // interpreters of connectors that are scripts
	"TMPDIR",                     // where this machine wants temporary files
	"TZ",                         // times in logs as the gateway has them
	"LANG", "LC_ALL", "LC_CTYPE", // interpreters choose their encoding by it
	"SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", // certificate authorities of this site
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", // the way out of this site's network
	"http_proxy", "https_proxy", "no_proxy",
}

// HostEnv returns what a connector sees of the gateway's environment.
func HostEnv() []string {
	var env []string
	for _, key := range slices.Sorted(slices.Values(allowed)) {
		if value, ok := os.LookupEnv(key); ok {
			env = append(env, key+"="+value)
		}
	}
	return env
}
