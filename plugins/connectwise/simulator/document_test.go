package simulator_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"strings"
	"testing"
)

// upload posts a form with a file, unless its name is empty.
func (t *tenant) upload(path string, fields map[string]string, name, content string) reply {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for field, value := range fields {
		if err := w.WriteField(field, value); err != nil {
			t.Fatal(err)
		}
	}
	if name != "" {
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return t.with("Content-Type", w.FormDataContentType()).call("POST", path, b.String())
}

func (r reply) object(t *testing.T) object {
	t.Helper()
	o := object{}
	if err := json.Unmarshal([]byte(r.text), &o); err != nil {
		t.Fatalf("%d %s: %v", r.status, r.text, err)
	}
	return o
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	tn := start(t)
	ticket := tn.newTicket("")
	on := map[string]string{"recordType": "Ticket", "recordId": number(ticket), "title": "Photo", "privateFlag": "true", "readOnlyFlay": "True"}
	made := tn.upload("/system/documents", on, "brände \"1\".png", "\x89PNG\x00\xff")
	if made.status != 201 {
		t.Fatalf("upload answered %d %s", made.status, made.text)
	}
	got := made.object(t)
	for member, want := range map[string]any{
		"title": "Photo", "fileName": "brände \"1\".png", "size": 6.0, "publicFlag": false, "readOnlyFlag": true, "imageFlag": true, "linkFlag": false,
		"urlFlag": false, "owner": "deskgate-api", "documentType/name": "Image", "createdOnDate": got.at("_info/dateEntered"),
	} {
		if got.at(member) != want {
			t.Errorf("%s is %v, want %v", member, got.at(member), want)
		}
	}
	path := "/system/documents/" + itoa(got.int("id"))
	file := tn.call("GET", path+"/download", "")
	if file.text != "\x89PNG\x00\xff" || file.header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment; filename") {
		t.Errorf("download %q %v", file.text, file.header)
	}
	if thumb := tn.call("GET", path+"/thumbnail", ""); thumb.status != 200 {
		t.Errorf("thumbnail %d", thumb.status)
	}
	link := tn.upload("/system/documents", map[string]string{"RecordType": "ticket", "RecordId": number(ticket), "url": "https://wiki.example/fire", "ReadOnlyFlag": "false"}, "", "").object(t)
	if link["urlFlag"] != true || link["linkFlag"] != true || link.text("title") != "https://wiki.example/fire" || link["publicFlag"] != true {
		t.Errorf("link %v", link)
	}
	tn.want(404, "GET", "/system/documents/"+itoa(link.int("id"))+"/download", "")

	list := "/system/documents?recordType=Ticket&recordId=" + number(ticket)
	if all := tn.list(list + "&orderBy=id desc"); len(all) != 2 || all[0].int("id") != link.int("id") {
		t.Errorf("list %v", all)
	}
	if n := tn.want(200, "GET", "/system/documents/count?recordType=Ticket&recordId="+number(ticket), "").int("count"); n != 2 {
		t.Errorf("count %d", n)
	}
	if refs := tn.list(ticket + "/documents"); len(refs) != 2 || refs[0].text("name") != "Photo" {
		t.Errorf("references %v", refs)
	}
	changed := tn.upload(path, map[string]string{"title": "Evidence", "privateFlag": "false"}, "", "")
	if o := changed.object(t); changed.status != 200 || o.text("title") != "Evidence" || o["publicFlag"] != true || o["size"] != 6.0 {
		t.Errorf("changed %d %v", changed.status, o)
	}
	tn.want(204, "DELETE", path, "")
	tn.want(404, "GET", path, "")
	tn.want(404, "GET", path+"/download", "")
	var texts []string
	for _, e := range tn.list("/system/audittrail?type=Ticket&id=" + number(ticket)) {
		texts = append(texts, e.text("text"))
	}
	if got := strings.Join(texts, " "); !strings.Contains(got, `Document "Photo" has been added.`) || !strings.Contains(got, `Document "Evidence" has been removed.`) {
		t.Errorf("the trail %s", got)
	}
}

func TestDocumentRefusals(t *testing.T) {
	t.Parallel()
	tn := start(t)
	on := func(kind, id string) map[string]string { return map[string]string{"recordType": kind, "recordId": id} }
	project := itoa(tn.list("/project/tickets?pageSize=1")[0].int("id"))
	for _, tt := range []struct {
		name   string
		fields map[string]string
		file   string
		says   string
	}{
		{"no record", map[string]string{}, "x.txt", "The recordType field is required."},
		{"no id", map[string]string{"recordType": "Ticket"}, "x.txt", "The recordId field is required."},
		{"no file", on("Ticket", "10001"), "", "The file field is required."},
		{"an unknown record", on("Ticket", "404"), "x.txt", "Ticket 404 not found"},
		{"a service ticket as a project's", on("ProjectTicket", "10001"), "x.txt", "ProjectTicket 10001 not found"},
		{"a kind that is none", on("Mood", "1"), "x.txt", "'Mood' is not valid"},
		{"a flag that is none", map[string]string{"recordType": "Ticket", "recordId": "10001", "privateFlag": "maybe"}, "x.txt", "'maybe' is not valid"},
	} {
		if got := tn.upload("/system/documents", tt.fields, tt.file, "x"); got.status != 400 || !strings.Contains(got.text, tt.says) {
			t.Errorf("%s answered %d %s, want %q", tt.name, got.status, got.text, tt.says)
		}
	}
	for _, query := range []string{"", "?recordType=Ticket", "?recordId=10001", "?recordType=Mood&recordId=1"} {
		tn.want(400, "GET", "/system/documents"+query, "")
	}
	if got := tn.with("Content-Type", "multipart/form-data; boundary=x").call("POST", "/system/documents", "--x\r\ncut off"); got.status != 500 {
		t.Errorf("a broken form answered %d %s", got.status, got.text)
	}
	if got := tn.upload("/system/documents", on("Ticket", "10001"), "big.bin", strings.Repeat("x", 30_000_001)); got.status != 413 {
		t.Errorf("a large file answered %d", got.status)
	}
	for _, kind := range []string{"Ticket", "ProjectTicket"} {
		if got := tn.upload("/system/documents", on(kind, project), "x.txt", "x"); got.status != 201 {
			t.Errorf("on a project's ticket as %s: %d %s", kind, got.status, got.text)
		}
	}
	for _, kind := range []string{"Ticket", "ProjectTicket"} {
		if all := tn.list("/system/documents?recordType=" + kind + "&recordId=" + project); len(all) < 2 {
			t.Errorf("as %s it has %v", kind, all)
		}
	}
	for right, call := range map[string]func() reply{
		"Manage Documents:inquire": tn.later("GET", "/system/documents?recordType=Ticket&recordId=10001"),
		"Manage Documents:add":     func() reply { return tn.upload("/system/documents", on("Ticket", "10001"), "x.txt", "x") },
		"Manage Documents:edit":    func() reply { return tn.upload("/system/documents/901", on("Ticket", "10001"), "x.txt", "x") },
		"Manage Documents:delete":  tn.later("DELETE", "/system/documents/901"),
	} {
		tn.revoke(right)
		if got := call(); got.status != 403 {
			t.Errorf("without %s answered %d", right, got.status)
		}
	}
}

// later is a call that is made when the function is called.
func (t *tenant) later(method, path string) func() reply {
	return func() reply { return t.call(method, path, "") }
}

func TestDocumentsOfSeed(t *testing.T) {
	t.Parallel()
	tn := start(t)
	var all []object
	if err := json.Unmarshal([]byte(tn.do("GET", tn.sim.URL+"/_sim/state/documents", "").text), &all); err != nil {
		t.Fatal(err)
	}
	links, images, files := 0, 0, 0
	for _, d := range all {
		switch {
		case d["urlFlag"] == true:
			links++
		case d["imageFlag"] == true:
			images++
		default:
			files++
		}
		if d["urlFlag"] == false {
			got := tn.call("GET", "/system/documents/"+itoa(d.int("id"))+"/download", "")
			if got.status != 200 || len(got.text) != d.int("size") {
				t.Errorf("document %d: %d, %d bytes of %d", d.int("id"), got.status, len(got.text), d.int("size"))
			}
		}
	}
	if links == 0 || images == 0 || files == 0 {
		t.Errorf("%d links, %d images, %d files", links, images, files)
	}
	company := tn.list(`/finance/agreements?pageSize=1`)[0].int("company/id")
	if docs := tn.list("/system/documents?recordType=Company&recordId=" + itoa(company)); len(docs) != 1 || docs[0].text("fileName") != "agreement.pdf" {
		t.Errorf("documents of a company %v", docs)
	}
}

// TestFormsThatBreakOff: a form without its end is none, whatever was read.
func TestFormsThatBreakOff(t *testing.T) {
	t.Parallel()
	form := strings.ReplaceAll(`--edge
Content-Disposition: form-data; name="recordType"

Ticket
--edge
Content-Disposition: form-data; name="recordId"

10001
--edge
Content-Disposition: form-data; name="file"; filename="a.txt"

content
--edge--
`, "\n", "\r\n")
	for name, body := range map[string]string{
		"empty":               "",
		"of another boundary": strings.ReplaceAll(form, "--edge", "--other"),
		"without its end":     strings.TrimSuffix(form, "--edge--\r\n"),
		"within a file":       form[:strings.Index(form, "content")+3],
	} {
		tn := start(t)
		before := len(tn.list("/system/documents?recordType=Ticket&recordId=10001"))
		got := tn.with("Content-Type", "multipart/form-data; boundary=edge").call("POST", "/system/documents", body)
		if got.status != 500 || !strings.Contains(got.text, "Unexpected end of MIME multipart stream.") {
			t.Errorf("a form %s answered %d %s", name, got.status, got.text)
		}
		if n := len(tn.list("/system/documents?recordType=Ticket&recordId=10001")); n != before {
			t.Errorf("a form %s left %d documents, want %d", name, n, before)
		}
	}
	if got := start(t).with("Content-Type", "multipart/form-data; boundary=edge").call("POST", "/system/documents", form); got.status != 201 {
		t.Errorf("the whole form answered %d %s", got.status, got.text)
	}
}
