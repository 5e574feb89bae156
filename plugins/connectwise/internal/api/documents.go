package api

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// Document is a file, or a link to one, on a record (connectwise.md §12). It does
// not tell which record that is.
type Document struct {
	ID             int    `json:"id"`
	Title          string `json:"title"`
	FileName       string `json:"fileName"`
	ServerFileName string `json:"serverFileName"`
	Owner          string `json:"owner"`
	Link           bool   `json:"linkFlag"`
	URL            bool   `json:"urlFlag"`
	Public         *bool  `json:"publicFlag"`
	Size           *int64 `json:"size"`
	CreatedOn      Stamp  `json:"createdOnDate"`
	Info           Info   `json:"_info"`
}

// RecordID is the id that lists are walked by.
func (d Document) RecordID() int { return d.ID }

// IsLink reports whether the document has an address and no content of its own.
func (d Document) IsLink() bool { return d.Link || d.URL }

const documents = "system/documents"

// Documents reads the documents of a record, such as of type Ticket, in order of
// id.
func (c *Client) Documents(ctx context.Context, recordType string, recordID int, q Query) ([]Document, error) {
	of := url.Values{"recordType": {recordType}, "recordId": {strconv.Itoa(recordID)}}
	return All[Document](ctx, c, documents+"?"+of.Encode(), q)
}

// DocumentPath is the path of a document.
func DocumentPath(id int) string { return fmt.Sprintf("%s/%d", documents, id) }

// AddDocument adds a document by a form, the only body that is taken: JSON is 415
// (connectwise.md §12).
func (c *Client) AddDocument(ctx context.Context, name string, form *vendorhttp.Upload, into *Document) error {
	_, err := c.Do(ctx, vendorhttp.Request{Name: name, Method: "POST", Path: documents, Upload: form, Into: into})
	return err
}

// Download hands on the content of a document, at most limit bytes.
func (c *Client) Download(ctx context.Context, id int, limit int64) (*vendorhttp.Download, error) {
	return c.http.Download(ctx, vendorhttp.Request{Name: "download the document", Path: c.Root() + DocumentPath(id) + "/download"}, limit)
}
