package runner

import (
	"fmt"
	"strings"

	"github.com/deskgate/deskgate/pluginsdk/handshake"
	"github.com/hashicorp/go-plugin"
)

// VersionError says that the process speaks another protocol version.
type VersionError struct{ Version string }

// Error implements error.
func (e *VersionError) Error() string {
	return fmt.Sprintf("it speaks protocol version %s and the gateway speaks %d", e.Version, handshake.ProtocolVersion)
}

// NoConnectorError says that the process is no connector.
type NoConnectorError struct {
	// Line is what it printed instead of the handshake.
	Line string
	// Reason says what is wrong with it.
	Reason string
}

// Error implements error.
func (e *NoConnectorError) Error() string {
	return fmt.Sprintf("%s: %q", e.Reason, e.Line)
}

// checkHandshake reads the line with which go-plugin's processes begin,
// `core|version|network|address|protocol|certificate`, before go-plugin does,
// because its own errors cannot be told apart.
func checkHandshake(line string) error {
	bad := func(reason string) error {
		return &NoConnectorError{Line: shorten(line), Reason: reason}
	}
	parts := strings.Split(strings.TrimSpace(line), "|")
	if len(parts) < 5 || parts[0] != fmt.Sprint(plugin.CoreProtocolVersion) {
		return bad("its first line is no handshake")
	}
	if parts[1] != fmt.Sprint(handshake.ProtocolVersion) {
		return &VersionError{Version: shorten(parts[1])}
	}
	if parts[2] != "unix" || parts[4] != string(plugin.ProtocolGRPC) {
		return bad("it has to listen for gRPC on a unix socket, and its handshake says otherwise")
	}
	if len(parts) < 6 || parts[5] == "" {
		return bad("its handshake has no certificate, and the gateway speaks mutual TLS only")
	}
	return nil
}

func shorten(line string) string {
	const limit = 120
	line = strings.ToValidUTF8(line, "\uFFFD")
	if runes := []rune(line); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return line
}
