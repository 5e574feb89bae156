// Package docs holds the documentation, for the gateway to serve.
package docs

import "embed"

// Pages are the Markdown files; README.md is the first of them.
//
//go:embed *.md connectors/*.md
var Pages embed.FS
