// Package document serves documents: the files and links that hang on
// tickets, companies and other records (connectwise.md §12).
package document

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/audit"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/ticket"
)

const (
	path = "/system/documents"
	typ  = "DocumentInfo"
	// object names a document in "... object is invalid".
	object = "documentInfo"
)

// documents finds and deletes them; its list needs to know of which record.
var documents = &rest.Resource{
	Path: path, Table: store.Documents, Label: "Document", Right: seed.ManageDocuments,
	Rules: &rest.Rules{Object: object, Deleted: func(c *rest.Call, r *store.Record) { tell(c, r, audit.Removed) }},
}

// Area is the documents' part of the API.
func Area() rest.Area {
	return rest.Area{Mount: func(on rest.On) {
		rest.Derived{Path: path, Type: typ, List: list, NoOne: true}.Mount(on)
		on(http.MethodPost, path, rest.Writes, upload)
		on(http.MethodGet, path+"/{id}", rest.Reads, func(c *rest.Call) (rest.Answer, *rest.Error) {
			r, err := documents.One(c, rest.Inquire)
			if err != nil {
				return rest.Answer{}, err
			}
			return c.Record(http.StatusOK, typ, r)
		})
		on(http.MethodPost, path+"/{id}", rest.Writes, update)
		on(http.MethodDelete, path+"/{id}", rest.Writes, func(c *rest.Call) (rest.Answer, *rest.Error) {
			r, err := documents.One(c, rest.Delete)
			if err != nil {
				return rest.Answer{}, err
			}
			return documents.Remove(c, r)
		})
		on(http.MethodGet, path+"/{id}/download", rest.Reads, download(func(*store.Record) bool { return true }))
		on(http.MethodGet, path+"/{id}/thumbnail", rest.Reads, download(func(r *store.Record) bool { return r.Flag("imageFlag") }))
	}}
}

// kinds are the kinds of records that the vendor's document lists.
var kinds = strings.Fields(`Activity Agreement Company Config Configuration Contact CustomImage Document Expense HTMLTemplate Invoice
	Opportunity Project ProjectActivity PurchaseOrder Rma SalesOrder Service Ticket ProjectTicket ServiceTemplate StandardServiceTemplate
	SrDetail TimeEntry JobHeader MarketingManagerAudit KnowledgeBase ToolbarIcon Meeting MeetingNote ProductSetup ProjectTemplateTicket
	BillingSetup ServiceBoard WordTemplate Member PortalImagePortalLogo PortalImageReportLogo TopNavigationLogo PhaseStatus ProjectStatus
	TicketStatus Schedule Priority Unassigned`)

// holders are where the records of a kind are; other kinds have none here.
// Tickets of both kinds answer to "Ticket", as the href of either says.
var holders = map[string]struct {
	rest.Target
	audit string // the kind's name in the audit trail; none when empty
}{
	"Ticket":        {Target: rest.Target{Table: store.Tickets}},
	"Service":       {Target: rest.Target{Table: store.Tickets, Is: ticket.IsService}},
	"ProjectTicket": {Target: rest.Target{Table: store.Tickets, Is: ticket.IsProject}},
	"Company":       {Target: rest.Target{Table: store.Companies}, audit: "Company"},
	"Contact":       {Target: rest.Target{Table: store.Contacts}, audit: "Contact"},
	"Configuration": {Target: rest.Target{Table: store.Configurations}, audit: "Configuration"},
	"Config":        {Target: rest.Target{Table: store.Configurations}, audit: "Configuration"},
	"Project":       {Target: rest.Target{Table: store.Projects}, audit: "Project"},
	"TimeEntry":     {Target: rest.Target{Table: store.TimeEntries}, audit: "Time"},
	"Schedule":      {Target: rest.Target{Table: store.ScheduleEntries}, audit: "Schedule"},
	"Agreement":     {Target: rest.Target{Table: store.Agreements}},
	"Member":        {Target: rest.Target{Table: store.Members}},
	"ServiceBoard":  {Target: rest.Target{Table: store.Boards}},
}

// holder finds the record that a kind and an id, as written, name. The record
// is nil when there is none.
func holder(c *rest.Call, kind, id string) (table string, r *store.Record, err *rest.Error) {
	i := slices.IndexFunc(kinds, func(k string) bool { return strings.EqualFold(k, kind) })
	if i < 0 {
		return "", nil, rest.BadParameter("recordType", kind)
	}
	n, parseErr := strconv.ParseInt(id, 10, 32)
	if parseErr != nil {
		return "", nil, rest.BadParameter("recordId", id)
	}
	h := holders[kinds[i]]
	if found, ok := h.Find(c.World(), n); ok {
		r = found
	}
	return h.Table, r, nil
}

// list are the documents of the record that the query names; it needs both
// its kind and its id.
func list(c *rest.Call) ([]*store.Record, *rest.Error) {
	if err := c.Allow(seed.ManageDocuments, rest.Inquire); err != nil {
		return nil, err
	}
	table, on, err := holder(c, c.Query("recordType"), c.Query("recordId"))
	if err != nil || on == nil {
		return nil, err
	}
	return seed.DocumentsOf(c.World(), table, on.ID), nil
}

// download answers a document's content to those that it is for.
func download(has func(*store.Record) bool) rest.Handler {
	return func(c *rest.Call) (rest.Answer, *rest.Error) {
		r, err := documents.One(c, rest.Inquire)
		if err != nil {
			return rest.Answer{}, err
		}
		if r.Content == nil || !has(r) {
			return rest.Answer{}, rest.NotFound("Document", r.ID) // a link has no content
		}
		return rest.Answer{Status: http.StatusOK, Body: r.Content, Header: http.Header{
			"Content-Type":        {"application/octet-stream"},
			"Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": r.Text("fileName")})},
		}}, nil
	}
}

// tell enters what happened to a document into the trail of its record.
func tell(c *rest.Call, r *store.Record, what func(what, name string) string) {
	table := r.Text(seed.DocumentTable)
	text := what("Document", r.Text("title"))
	if table == store.Tickets {
		if t, ok := c.World().Table(table).Get(r.Parent); ok {
			ticket.Tell(c, t, "Document", text)
		}
		return
	}
	for _, h := range holders {
		if h.Table == table && h.audit != "" {
			c.Audit(h.audit, r.Parent, "Document", text)
			return
		}
	}
}
