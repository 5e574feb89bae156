// Package docs holds the documentation, for the gateway to serve, and the example
// that a new connector is made from.
package docs

import "embed"

// Pages are the Markdown files; README.md is the first of them.
//
//go:embed *.md connectors/*.md
var Pages embed.FS

// Connector is a complete small connector, below ConnectorRoot.
//
//go:embed examples/mypsa
var Connector embed.FS

// ConnectorRoot is where the example connector begins.
const ConnectorRoot = "examples/mypsa"
