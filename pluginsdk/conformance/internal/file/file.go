// Package file reads the HCL file of a conformance run: the connection to test,
// and what the suite may rely on there.
package file

import (
	"fmt"
	"path/filepath"
	"regexp"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclparse"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// File is what a conformance run is made with.
type File struct {
	// Path is where it stands.
	Path string
	// Connection is the block of the connection to test.
	Connection Block
	// Other is a connection to another tenant, whose records the first must never
	// answer; nil when there is none, or when its attribute `when` is false: a file
	// can say `when = env("OTHER", "") != ""` for a tenant that is not always there.
	Other *Block
	// ResetURL brings the simulator back to its seed by POST. Without it, the part
	// that writes is not run.
	ResetURL string
	// Environment is added to what the connector process sees.
	Environment map[string]string
	// Reads match the vendor requests that only read although their method could
	// write, such as a search by POST: `METHOD path`.
	Reads []*regexp.Regexp
	// Fixtures are the records that writes need.
	Fixtures Fixtures
	// Witnesses tell what the simulator holds, by the resource's name: ticket,
	// note, time_entry and so on.
	Witnesses map[string]*Witness

	scope *hcl.EvalContext
}

// Block is a connection's block, decoded when the connector's schema is known.
type Block struct{ body hcl.Body }

// Fixtures are what a tenant has for writes to refer to. Whatever is missing is
// looked for by reads.
type Fixtures struct {
	// NewTicket is a ticket that can be created, without its title.
	NewTicket *psav1.Ticket
	// MailedTicket is a ticket that can be created, without its title, whose contact
	// is mailed when a note for the customer is written; nil where there is none.
	MailedTicket *psav1.Ticket
	// Technician is somebody who can own the new ticket, by id or name.
	Technician string
	// Rights are the rights at the PSA without which an operation is refused, in the
	// form in which the simulator's revoke_right takes them, by the operation.
	Rights map[string]string
	// Values are values that no read tells, in the words of the REST API, by record
	// and field: `ticket.agreement`.
	Values map[string][]byte
	// Raw is a record that raw calls can make and delete; nil where there is none.
	Raw *Raw
}

// root is the file as gohcl reads it.
type root struct {
	Connection  remain            `hcl:"connection,block"`
	Other       *optional         `hcl:"other_connection,block"`
	ResetURL    string            `hcl:"reset_url,optional"`
	Reads       []string          `hcl:"reads,optional"`
	Environment map[string]string `hcl:"environment,optional"`
	Fixtures    *struct {
		NewTicket    hcl.Expression    `hcl:"new_ticket,optional"`
		MailedTicket hcl.Expression    `hcl:"mailed_ticket,optional"`
		Technician   string            `hcl:"technician,optional"`
		Values       hcl.Expression    `hcl:"values,optional"`
		Raw          *rawBlock         `hcl:"raw,block"`
		Rights       map[string]string `hcl:"rights,optional"`
	} `hcl:"fixtures,block"`
	Witnesses []struct {
		Resource   string         `hcl:"resource,label"`
		Collection string         `hcl:"collection"`
		ID         hcl.Expression `hcl:"id,optional"`
		Fields     hcl.Expression `hcl:"fields"`
	} `hcl:"witness,block"`
}

type remain struct {
	Body hcl.Body `hcl:",remain"`
}

// optional is a block that is left out where its attribute `when` is false.
type optional struct {
	When *bool    `hcl:"when,optional"`
	Body hcl.Body `hcl:",remain"`
}

// Load reads a file. The error tells all that is wrong, each with its place.
// variables are what env finds before the environment.
func Load(path string, variables map[string]string) (*File, error) {
	parsed, diags := hclparse.NewParser().ParseHCLFile(path)
	if diags.HasErrors() {
		return nil, problems(diags)
	}
	scope := functions(filepath.Dir(path), variables)
	var r root
	if diags := gohcl.DecodeBody(parsed.Body, scope, &r); diags.HasErrors() {
		return nil, problems(diags)
	}
	f := &File{
		Path: path, scope: scope, Connection: Block{r.Connection.Body}, ResetURL: r.ResetURL,
		Environment: r.Environment, Witnesses: map[string]*Witness{},
	}
	if r.Other != nil && (r.Other.When == nil || *r.Other.When) {
		f.Other = &Block{r.Other.Body}
	}
	for _, w := range r.Witnesses {
		if f.Witnesses[w.Resource] != nil {
			return nil, fmt.Errorf("%s: there are two witness blocks of %q; one is enough", w.Fields.Range(), w.Resource)
		}
		f.Witnesses[w.Resource] = &Witness{Collection: w.Collection, id: w.ID, fields: w.Fields}
	}
	for _, pattern := range r.Reads {
		p, err := regexp.Compile(pattern)
		if err != nil {
			return nil, fmt.Errorf("%s: reads: %w", path, err)
		}
		f.Reads = append(f.Reads, p)
	}
	if r.Fixtures == nil {
		return f, nil
	}
	f.Fixtures.Technician, f.Fixtures.Rights = r.Fixtures.Technician, r.Fixtures.Rights
	var err error
	if f.Fixtures.NewTicket, err = ticketOf("new_ticket", r.Fixtures.NewTicket, scope); err != nil {
		return nil, err
	}
	if f.Fixtures.MailedTicket, err = ticketOf("mailed_ticket", r.Fixtures.MailedTicket, scope); err != nil {
		return nil, err
	}
	if f.Fixtures.Values, err = valuesOf(r.Fixtures.Values, scope); err != nil {
		return nil, err
	}
	f.Fixtures.Raw, err = r.Fixtures.Raw.read(scope)
	return f, err
}
