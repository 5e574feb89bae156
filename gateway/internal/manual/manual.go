// Package manual renders the documentation as the pages under /docs, which read
// as well on a phone, without a script and without a login.
package manual

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Site is the documentation as HTML.
type Site struct {
	// Pages are whole documents by their path, such as /docs/errors.
	Pages map[string][]byte
	// Policy is the Content-Security-Policy that they need.
	Policy string
}

const (
	root = "/docs"
	// index is the file that stands at the root.
	index = "README.md"
)

//go:embed style.css
var style string

//go:embed page.html
var layout string

var page = template.Must(template.New("page").Parse(layout))

// New renders every Markdown file of a folder and those below. A link to another file of it
// becomes one to its page; one that leads to no file is an error.
func New(source fs.FS) (*Site, error) {
	var names []string
	err := fs.WalkDir(source, ".", func(name string, _ fs.DirEntry, err error) error {
		if err == nil && path.Ext(name) == ".md" {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(style))
	site := &Site{
		Pages:  map[string][]byte{},
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	}
	for _, name := range names {
		markdown, err := fs.ReadFile(source, name)
		if err != nil {
			return nil, err
		}
		html, err := render(markdown, name, names)
		if err != nil {
			return nil, fmt.Errorf("the documentation %s: %w", name, err)
		}
		site.Pages[address(name)] = html
	}
	return site, nil
}

// address is the path of a file's page.
func address(name string) string {
	if name == index {
		return root
	}
	return root + "/" + strings.TrimSuffix(name, ".md")
}

// render makes the page of one file.
func render(markdown []byte, name string, names []string) ([]byte, error) {
	md := goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	document := md.Parser().Parse(text.NewReader(markdown), parser.WithContext(parser.NewContext(parser.WithIDs(anchors{}))))
	title := ""
	err := ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			if title == "" {
				title = string(words(n, markdown))
			}
		case *ast.Link:
			to, err := link(string(n.Destination), name, names)
			if err != nil {
				return ast.WalkStop, err
			}
			n.Destination = []byte(to)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return nil, err
	}
	var body, out bytes.Buffer
	if err := md.Renderer().Render(&body, markdown, document); err != nil {
		return nil, err
	}
	home, err := link(strings.Repeat("../", strings.Count(name, "/"))+index, name, names)
	if err != nil {
		return nil, err
	}
	err = page.Execute(&out, map[string]any{
		"Title": title, "Home": home, "Style": template.CSS(style), "Index": name == index,
		"Body": template.HTML(body.String()), // our own documentation
	})
	return out.Bytes(), err
}

// words is the text of a node.
func words(n ast.Node, source []byte) []byte {
	var out []byte
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			out = append(out, t.Segment.Value(source)...)
			continue
		}
		out = append(out, words(c, source)...)
	}
	return out
}

// link is where a link of a file leads on its page. It stays relative, so that
// it holds behind a proxy that puts a path in front.
func link(to, from string, names []string) (string, error) {
	file, anchor, anchored := strings.Cut(to, "#")
	if anchored {
		anchor = "#" + anchor
	}
	if file == "" || strings.Contains(file, "://") {
		return to, nil
	}
	target := path.Join(path.Dir(from), file)
	if !slices.Contains(names, target) {
		return "", fmt.Errorf("the link to %s leads to no page", to)
	}
	page := address(target)
	dir, err := filepath.Rel(path.Dir(address(from)), path.Dir(page))
	if err != nil {
		return "", err
	}
	return path.Join(filepath.ToSlash(dir), path.Base(page)) + anchor, nil
}

// anchors makes the ids of headings as code hosts make them, so that a link to a
// heading holds in the file and on the page.
type anchors map[string]int

// Generate implements parser.IDs.
func (a anchors) Generate(heading []byte, _ ast.NodeKind) []byte {
	id := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_', r == '-':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		case r == ' ':
			return '-'
		}
		return -1
	}, string(heading))
	n := a[id]
	a[id]++
	if n > 0 {
		id = fmt.Sprintf("%s-%d", id, n)
	}
	return []byte(id)
}

// Put implements parser.IDs.
func (a anchors) Put(id []byte) { a[string(id)]++ }
