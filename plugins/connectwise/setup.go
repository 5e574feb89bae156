// Package connectwise holds what an admin has to do at ConnectWise PSA.
package connectwise

import _ "embed"

// Setup is the admin's steps, in Markdown.
//
//go:embed setup.md
var Setup string
