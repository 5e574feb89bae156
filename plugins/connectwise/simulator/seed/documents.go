package seed

import (
	"encoding/base64"
	"fmt"
	"maps"
	"path"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// DocumentTable is the value of a document that says in which table its
// record is; the record's id is its parent. The API shows neither.
const DocumentTable = "table"

const firstDocument = 901

// SetFile makes a document one of a file.
func SetFile(r *store.Record, name string, content []byte) {
	extension := strings.ToLower(path.Ext(name))
	kind, ok := documentTypes[extension]
	if !ok {
		kind = otherDocument
	}
	r.Content = content
	maps.Copy(r.Values, store.Object{
		"fileName": name, "serverFileName": r.Text("guid") + extension, "size": int64(len(content)), "linkFlag": false, "urlFlag": false,
		"imageFlag": kind == imageDocument, "documentType": store.Ref(kind),
	})
}

// SetLink makes a document a link.
func SetLink(r *store.Record, url string) {
	r.Content = nil
	maps.Copy(r.Values, store.Object{
		"fileName": url, "size": int64(0), "linkFlag": true, "urlFlag": true, "imageFlag": false, "documentType": store.Ref(linkDocument),
	})
	delete(r.Values, "serverFileName")
}

// DocumentsOf are the documents of a record.
func DocumentsOf(w *store.World, table string, id int64) []*store.Record {
	var out []*store.Record
	for _, r := range w.Table(store.Documents).Children(id) {
		if r.Text(DocumentTable) == table {
			out = append(out, r)
		}
	}
	return out
}

// Types of documents.
const (
	otherDocument = 1
	imageDocument = 2
	linkDocument  = 5
)

var documentTypes = map[string]int64{
	".png": imageDocument, ".jpg": imageDocument, ".jpeg": imageDocument, ".gif": imageDocument, ".pdf": 3, ".docx": 4, ".doc": 4,
}

// pixel is a picture of one dot.
var pixel = func() []byte {
	b, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	if err != nil {
		panic(err)
	}
	return b
}()

// documents hangs what people attach on some tickets, and a contract on each
// company that has an agreement.
func (b *builder) documents() {
	for id, name := range map[int64]string{otherDocument: "Other", imageDocument: "Image", 3: "PDF", 4: "Word", linkDocument: "Link"} {
		b.put(store.DocumentTypes, id, 0, store.Object{"name": name})
	}
	b.world.Table(store.Documents).StartAt(firstDocument)
	for _, t := range b.world.Table(store.Tickets).All() {
		if !b.chance(12) {
			continue
		}
		switch b.rng.IntN(4) {
		case 0:
			b.document(store.Tickets, t, "Screenshot", true, func(r *store.Record) { SetFile(r, "screenshot.png", pixel) })
		case 1:
			b.document(store.Tickets, t, "Event log", false, func(r *store.Record) { SetFile(r, "eventlog.txt", eventLog(t)) })
		case 2:
			b.document(store.Tickets, t, "Configuration export", false, func(r *store.Record) {
				SetFile(r, fmt.Sprintf("config-%d.csv", t.ID), []byte("name,value\r\nhostname,srv01\r\ntimezone,US Eastern\r\n"))
			})
		default:
			b.document(store.Tickets, t, "Manufacturer's article", true, func(r *store.Record) {
				SetLink(r, "https://support.vendor.example/articles/"+b.digits(6))
			})
		}
	}
	for _, a := range b.world.Table(store.Agreements).All() {
		company, _ := b.world.Table(store.Companies).Get(a.Ref("company"))
		b.document(store.Companies, company, "Signed agreement", false, func(r *store.Record) {
			SetFile(r, "agreement.pdf", []byte("%PDF-1.4\n% "+a.Text("name")+"\n%%EOF\n"))
		})
	}
}

func eventLog(t *store.Record) []byte {
	return fmt.Appendf(nil, "%s Service Control Manager 7031 The service terminated unexpectedly.\r\n%s Ticket %d\r\n",
		date(t.Entered), date(t.Entered), t.ID)
}

func (b *builder) document(table string, on *store.Record, title string, public bool, fill func(*store.Record)) {
	at := minTime(on.Updated, b.start)
	r := &store.Record{
		Parent: on.ID, Entered: at, EnteredBy: on.EnteredBy, Updated: at, UpdatedBy: on.EnteredBy,
		Values: store.Object{
			DocumentTable: table, "title": title, "owner": on.EnteredBy, "publicFlag": public, "htmlTemplateFlag": false, "readOnlyFlag": false,
			"createdOnDate": date(at), "guid": StableGUID("document", int64(len(table)), on.ID),
		},
	}
	fill(r)
	b.world.Table(store.Documents).Put(r)
}
