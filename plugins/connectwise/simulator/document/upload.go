package document

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/audit"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/render"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// maxSize bounds a request with a file, in bytes: what the web server that
// the vendor runs on takes unless it is told otherwise. The vendor's own
// limit is recorded nowhere.
const maxSize = 30_000_000

// form is a multipart body. The names of its fields are in lower case: the
// vendor's document and its clients spell them differently ("readOnlyFlay",
// "ReadOnlyFlag").
type form struct {
	fields map[string]string
	file   []byte
	name   string
	hasOne bool
}

// read reads a form and refuses what is none: JSON is 415.
func read(c *rest.Call) (*form, *rest.Error) {
	kind, parameters, err := mime.ParseMediaType(c.Request.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return nil, rest.Bare(http.StatusUnsupportedMediaType)
	}
	if len(c.Body) > maxSize {
		return nil, rest.Bare(http.StatusRequestEntityTooLarge)
	}
	f := &form{fields: map[string]string{}}
	reader := multipart.NewReader(bytes.NewReader(c.Body), parameters["boundary"])
	for {
		part, err := reader.NextPart()
		if err == io.EOF { //nolint:errorlint // only the bare one is the form's end: a body that breaks off has it wrapped
			return f, nil
		}
		if err != nil {
			return nil, broken(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, broken(err)
		}
		name := strings.ToLower(part.FormName())
		if part.FileName() != "" {
			f.file, f.name, f.hasOne = content, part.FileName(), true
			continue
		}
		f.fields[name] = string(content)
	}
}

func broken(err error) *rest.Error {
	return rest.NewError(http.StatusInternalServerError, "ConnectWiseApi", "Unexpected end of MIME multipart stream. %v", err)
}

// flag reads a field that is true or false, of any of the names.
func (f *form) flag(byDefault bool, names ...string) (bool, *rest.Error) {
	for _, name := range names {
		text, ok := f.fields[strings.ToLower(name)]
		if !ok || text == "" {
			continue
		}
		on, err := strconv.ParseBool(strings.ToLower(text))
		if err != nil {
			return false, rest.BadParameter(name, text)
		}
		return on, nil
	}
	return byDefault, nil
}

func upload(c *rest.Call) (rest.Answer, *rest.Error) {
	if err := c.Allow(seed.ManageDocuments, rest.Add); err != nil {
		return rest.Answer{}, err
	}
	f, err := read(c)
	if err != nil {
		return rest.Answer{}, err
	}
	var missing []rest.Detail
	for _, name := range []string{"recordType", "recordId"} {
		if f.fields[strings.ToLower(name)] == "" {
			missing = append(missing, rest.RequiredField(name))
		}
	}
	if !f.hasOne && f.fields["url"] == "" {
		missing = append(missing, rest.RequiredField("file"))
	}
	if missing != nil {
		return rest.Answer{}, rest.InvalidObject(object, missing...)
	}
	table, on, err := holder(c, f.fields["recordtype"], f.fields["recordid"])
	if err != nil {
		return rest.Answer{}, err
	}
	if on == nil {
		return rest.Answer{}, rest.InvalidObject(object, rest.NotFoundDetail(
			fmt.Sprintf("%s %s not found", f.fields["recordtype"], f.fields["recordid"]), "recordId"))
	}
	r := &store.Record{Parent: on.ID, Values: store.Object{
		seed.DocumentTable: table, "owner": c.Me(), "createdOnDate": render.Time(c.Now()), "htmlTemplateFlag": false,
		"guid": seed.StableGUID("document", c.World().Table(store.Documents).NextID()),
	}}
	if err := f.apply(r, true); err != nil {
		return rest.Answer{}, err
	}
	c.Stamp(r)
	c.World().Table(store.Documents).Put(r)
	tell(c, r, audit.Added)
	return c.Record(http.StatusCreated, typ, r)
}

// update changes what the form names.
func update(c *rest.Call) (rest.Answer, *rest.Error) {
	old, err := documents.One(c, rest.Edit)
	if err != nil {
		return rest.Answer{}, err
	}
	f, err := read(c)
	if err != nil {
		return rest.Answer{}, err
	}
	r := old.Clone()
	if err := f.apply(r, false); err != nil {
		return rest.Answer{}, err
	}
	c.Stamp(r)
	c.World().Table(store.Documents).Put(r)
	return c.Record(http.StatusOK, typ, r)
}

// apply gives a document what the form has: a file, or a link in its place.
func (f *form) apply(r *store.Record, isNew bool) *rest.Error {
	private, err := f.flag(!isNew && !r.Flag("publicFlag"), "privateFlag")
	if err != nil {
		return err
	}
	readOnly, err := f.flag(r.Flag("readOnlyFlag"), "readOnlyFlay", "readOnlyFlag")
	if err != nil {
		return err
	}
	r.Values["publicFlag"], r.Values["readOnlyFlag"] = !private, readOnly
	switch url := f.fields["url"]; {
	case f.hasOne:
		seed.SetFile(r, f.name, f.file)
	case url != "":
		seed.SetLink(r, url)
	}
	if title := f.fields["title"]; title != "" {
		r.Values["title"] = title
	}
	if r.Text("title") == "" {
		r.Values["title"] = r.Values["fileName"]
	}
	return nil
}
