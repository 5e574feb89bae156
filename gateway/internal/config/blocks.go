package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/deskgate/deskgate/gateway/internal/suggest"
)

var label = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// labelled says of each block at the top whether it has a name.
var labelled = map[string]bool{
	"gateway": false, "state": false,
	"connector": true, "connection": true, "group": true, "agent": true,
}

// later are the blocks that a later version is going to know.
var later = []string{"alias", "technician", "subscription", "workflow"}

// reader turns the blocks into the configuration.
type reader struct {
	config *Config
	diags  *Diagnostics
	// first holds the first block of a type and name, by its title.
	first map[string]*hclsyntax.Block
	// names are the names by type, in the order of the file.
	names map[string][]string
	areas map[string][]string
	// tokens holds the agent's block by the id of its token.
	tokens map[string]*hclsyntax.Block
}

// blocks reads everything that is in the file.
func (c *Config) blocks(areas map[string][]string, settings *layers, diags *Diagnostics) {
	r := &reader{
		config: c, diags: diags, areas: areas,
		first: map[string]*hclsyntax.Block{}, names: map[string][]string{}, tokens: map[string]*hclsyntax.Block{},
	}
	for _, attr := range c.source.body.Attributes {
		r.strayAttribute(attr)
	}
	var sound []*hclsyntax.Block
	for _, b := range c.source.body.Blocks {
		if r.header(b) {
			sound = append(sound, b)
		}
	}
	for _, b := range sound { // the second time round, every name is known
		d := r.in(b)
		switch b.Type {
		case "gateway":
			settings.file(flatten(b.Type, d.body(b, settingsSchema(b.Type, "tls", "trusted_proxies", "telemetry"))))
		case "state":
			settings.file(flatten(b.Type, d.body(b, settingsSchema(b.Type, "postgres", "key"))))
		case "connector":
			r.connector(d, b)
		case "connection":
			r.connection(d, b)
		case "group":
			r.group(d, b)
		case "agent":
			r.agent(d, b)
		}
	}
}

// flatten names each value by its path.
func flatten(prefix string, v values) map[string]any {
	flat := map[string]any{}
	for name, value := range v.given {
		flat[prefix+"."+name] = value
	}
	for name, inner := range v.blocks {
		maps.Copy(flat, flatten(prefix+"."+name, inner))
	}
	return flat
}

func (r *reader) in(b *hclsyntax.Block) decoder {
	return decoder{source: r.config.source, eval: r.config.eval, diags: r.diags, label: title(b)}
}

func (r *reader) strayAttribute(attr *hclsyntax.Attribute) {
	d := decoder{source: r.config.source, diags: r.diags}
	x := Diagnostic{Summary: "Unknown attribute", Range: attr.NameRange,
		Detail: fmt.Sprintf("%q stands outside of every block; every setting is in one, such as gateway { ... }.", attr.Name)}
	if _, known := labelled[attr.Name]; known {
		x.Detail = fmt.Sprintf("%s is a block: write it without the equals sign.", attr.Name)
	}
	d.onAttribute(attr, true, x)
}

// header looks at a block's type and name, and whether it is the first of them.
func (r *reader) header(b *hclsyntax.Block) bool {
	d := r.in(b)
	named, known := labelled[b.Type]
	switch {
	case slices.Contains(later, b.Type):
		d.later(b.TypeRange, "The block "+b.Type, d.source.quoteHeader(b))
		return false
	case !known:
		types := slices.Sorted(maps.Keys(labelled))
		d.onBlock(b, Diagnostic{Summary: "Unknown block", Range: b.TypeRange,
			Detail: fmt.Sprintf("%q is no block of a configuration.", b.Type), Allowed: types, DidYouMean: suggest.Nearest(b.Type, types)})
		return false
	case named && len(b.Labels) != 1:
		d.onBlock(b, Diagnostic{Summary: "Name expected", Range: b.DefRange(),
			Detail: fmt.Sprintf("A block %[1]s has one name: write %[1]s \"name\" { ... }.", b.Type)})
		return false
	case !named && len(b.Labels) != 0:
		d.onBlock(b, Diagnostic{Summary: "Label not expected", Range: b.LabelRanges[0],
			Detail: fmt.Sprintf("The block %[1]s has no name: write %[1]s { ... }.", b.Type)})
		return false
	case named && !label.MatchString(b.Labels[0]):
		d.onBlock(b, Diagnostic{Summary: "Invalid name", Range: b.LabelRanges[0],
			Detail: fmt.Sprintf("The name of a %s has 1 to 63 of a-z, 0-9 and -, and does not begin with -.", b.Type)})
		return false
	}
	if first := r.first[title(b)]; first != nil {
		d.duplicate(b, first)
		return false
	}
	r.first[title(b)] = b
	if named {
		r.names[b.Type] = append(r.names[b.Type], b.Labels[0])
	}
	return true
}

func (r *reader) connector(d decoder, b *hclsyntax.Block) {
	v := d.body(b, schema{attributes: []attribute{
		{name: "source", kind: text, required: true}, {name: "version", kind: text},
	}})
	source, sound := v.given["source"].(string)
	if !sound {
		return
	}
	version, _ := v.given["version"].(string)
	r.config.Connectors = append(r.config.Connectors, Connector{
		Name: b.Labels[0], Source: within(d.source.dir, source), Version: version,
		Range: b.DefRange(), SourceRange: v.attrs["source"].Expr.Range(),
	})
}

func (r *reader) connection(d decoder, b *hclsyntax.Block) {
	d.discreet = true
	own := attribute{name: "connector", kind: text, required: true}
	connector, sound := "", false
	if attr, ok := b.Body.Attributes[own.name]; !ok {
		d.missing(b, "attribute", own.name, `connector = "..."`)
	} else if value, ok := d.attribute(attr, own); ok {
		connector, sound = value.(string)
		r.refer(d, attr, attr.Expr.Range(), "connector", connector, nil)
	}
	d.evaluateAll(b.Body)
	if sound {
		r.config.Connections = append(r.config.Connections, Connection{
			Name: b.Labels[0], Connector: connector, Range: b.DefRange(), block: b,
		})
	}
}

func (r *reader) group(d decoder, b *hclsyntax.Block) {
	allow := schema{}
	for _, area := range slices.Sorted(maps.Keys(r.areas)) {
		allow.attributes = append(allow.attributes, attribute{name: area, kind: text, allowed: levels(r.areas[area])})
	}
	v := d.body(b, schema{
		attributes: []attribute{{name: "connections", kind: stringList, required: true}},
		blocks:     []block{{name: "allow", required: true, schema: allow}},
	})
	g := Group{Name: b.Labels[0], Allow: map[string]string{}, Range: b.DefRange()}
	g.Connections, _ = v.given["connections"].([]string)
	r.references(d, v.attrs["connections"], "connection", g.Connections, []string{"*"})
	for area, level := range v.blocks["allow"].given {
		g.Allow[area], _ = level.(string)
	}
	r.config.Groups = append(r.config.Groups, g)
}

// levels are what an area can be set to; none always can.
func levels(known []string) []string {
	if slices.Contains(known, "none") {
		return known
	}
	return slices.Concat([]string{"none"}, known)
}

// references looks at a list of names.
func (r *reader) references(d decoder, attr *hclsyntax.Attribute, kind string, names, others []string) {
	for i, name := range names {
		at := attr.Expr.Range()
		if list, ok := attr.Expr.(*hclsyntax.TupleConsExpr); ok && i < len(list.Exprs) {
			at = list.Exprs[i].Range()
		}
		r.refer(d, attr, at, kind, name, others)
	}
}

// refer looks whether there is a block of that kind and name.
func (r *reader) refer(d decoder, attr *hclsyntax.Attribute, at hcl.Range, kind, name string, others []string) {
	known := slices.Concat(others, r.names[kind])
	if slices.Contains(known, name) {
		return
	}
	d.onAttribute(attr, false, Diagnostic{Summary: "Unknown " + kind, Range: at,
		Detail: fmt.Sprintf("There is no %s %.70q in this configuration.", kind, name), Allowed: known, DidYouMean: suggest.Nearest(name, known)})
}
