package e2e

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// part is a part of a multipart body; one with a file name is a file.
type part struct{ name, file, content string }

// form is a multipart body with its content type.
func form(t *testing.T, parts ...part) (string, *bytes.Buffer) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, p := range parts {
		header := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name=%q`, p.name)}}
		if p.file != "" {
			header = textproto.MIMEHeader{
				"Content-Disposition": {fmt.Sprintf(`form-data; name=%q; filename=%q`, p.name, p.file)}, "Content-Type": {mime.TypeByExtension(filepath.Ext(p.file))},
			}
		}
		into, err := w.CreatePart(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(into, p.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), &body
}

// attach sends a form to a ticket's attachments.
func (w *world) attach(t *testing.T, agent, path string, parts ...part) reply {
	t.Helper()
	kind, body := form(t, parts...)
	request := w.request(agent, http.MethodPost, path, body)
	request.Header.Set("Content-Type", kind)
	return w.send(request)
}

// download reads an attachment's content as far as it comes.
func (w *world) download(t *testing.T, method, path string) (*http.Response, []byte, error) {
	t.Helper()
	response, err := http.DefaultClient.Do(w.request("full", method, path, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return response, content, err
}

// bytesOf are bytes that no text is like.
func bytesOf(n int) string {
	content := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(content)
	return string(content)
}

func (w *world) documents() int { w.t.Helper(); return len(w.state("documents")) }

// TestAttachments carries files to the PSA and back.
func TestAttachments(t *testing.T) {
	t.Parallel()
	w := start(t)
	const at = "/tickets/10300/attachments"
	content := bytesOf(3<<20 + 17)
	made := w.attach(t, "full", at, part{"title", "", "The dump"}, part{"visibility", "", "CUSTOMER"}, part{"file", "dump.png", content}).want(t, http.StatusCreated)
	id := made.text("attachment", "id")
	if made.text("attachment", "file_name") != "dump.png" || made.at("attachment", "size") != float64(len(content)) ||
		made.text("attachment", "visibility") != "CUSTOMER" || made.text("receipt", "outcome") != "APPLIED" ||
		made.header.Get("Location") != w.path(at)+"/"+id {
		t.Errorf("answered %s, %v", made.body, made.header)
	}
	response, got, err := w.download(t, http.MethodGet, at+"/"+id+"/content")
	if err != nil || string(got) != content || response.Header.Get("Content-Disposition") != `attachment; filename=dump.png` ||
		response.Header.Get("X-Content-Type-Options") != "nosniff" || response.Header.Get("X-Vendor-Requests") == "" {
		t.Errorf("downloaded %d bytes, %v, %v", len(got), response.Header, err)
	}
	head, got, err := w.download(t, http.MethodHead, at+"/"+id+"/content")
	if err != nil || head.StatusCode != 200 || len(got) != 0 {
		t.Errorf("HEAD answers %d, %d bytes, %v", head.StatusCode, len(got), err)
	}
	link := w.do("full", "POST", at, `{"link":"https://a.example/b","title":"Manual"}`).want(t, http.StatusCreated)
	if link.text("attachment", "link") != "https://a.example/b" {
		t.Errorf("answered %s", link.body)
	}
	small := w.do("full", "POST", at, fmt.Sprintf(`{"file_name":"a.txt","content_base64":%q}`, base64.StdEncoding.EncodeToString([]byte("Hello")))).want(t, http.StatusCreated)
	if _, got, _ := w.download(t, http.MethodGet, at+"/"+small.text("attachment", "id")+"/content"); string(got) != "Hello" {
		t.Errorf("downloaded %q", got)
	}
	empty := w.attach(t, "full", at, part{"file", "empty.txt", ""}).want(t, http.StatusCreated)
	if _, got, err := w.download(t, http.MethodGet, at+"/"+empty.text("attachment", "id")+"/content"); len(got) != 0 || err != nil {
		t.Errorf("downloaded %q, %v", got, err)
	}
	w.do("full", "GET", at+"/999999/content", nil).problem(t, 404, "not_found")
	w.do("full", "GET", at+"/"+link.text("attachment", "id")+"/content", nil).problem(t, 422, "failed_precondition")

	// A dry run shows the form, and sends nothing.
	before := w.documents()
	dry := w.attach(t, "full", at+"?dry_run=true", part{"file", "dump.png", content}).want(t, 200)
	if dry.text("receipt", "planned", 0, "method") != "POST" || strings.Contains(dry.body, base64.StdEncoding.EncodeToString([]byte(content[:15]))) || w.documents() != before {
		t.Errorf("the dry run answered %.500s", dry.body)
	}
	w.do("full", "DELETE", at+"/"+id, nil).want(t, 200)
	w.do("full", "GET", at+"/"+id+"/content", nil).problem(t, 404, "not_found")
}

// TestAttachmentsThatAreRefused sends what cannot be attached: nothing of it is
// kept.
func TestAttachmentsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := startWith(t, "\ngateway {\n  limits {\n    attachment = \"64KiB\"\n  }\n}\n")
	const at = "/tickets/10300/attachments"
	before := w.documents()
	file := part{"file", "a.txt", "Hello"}
	for name, c := range map[string]struct {
		agent, path string
		parts       []part
		status      int
		code, says  string
	}{
		"no token":              {"none", at, []part{file}, 401, "unauthenticated", "token"},
		"no grant":              {"readonly", at, []part{file}, 403, "permission_denied", "attachments"},
		"a field after":         {"full", at, []part{file, {"title", "", "Late"}}, 400, "invalid_argument", "before"},
		"two files":             {"full", at, []part{file, file}, 400, "invalid_argument", "before"},
		"a file of other name":  {"full", at, []part{{"upload", "a.txt", "x"}, file}, 400, "invalid_argument", "`file`"},
		"no file":               {"full", at, []part{{"title", "", "Nothing"}}, 400, "invalid_argument", "file"},
		"an unknown field":      {"full", at, []part{{"titel", "", "x"}, file}, 400, "invalid_argument", "titel"},
		"a field twice":         {"full", at, []part{{"title", "", "x"}, {"title", "", "y"}, file}, 400, "invalid_argument", "twice"},
		"an unknown visibility": {"full", at, []part{{"visibility", "", "EVERYBODY"}, file}, 400, "invalid_argument", "EVERYBODY"},
		"a link and a file":     {"full", at, []part{{"link", "", "https://a.example"}, file}, 400, "invalid_argument", "link"},
		"too large":             {"full", at, []part{{"file", "a.txt", strings.Repeat("x", 65<<10)}}, 413, "too_large", "65536"},
		"large fields":          {"full", at, []part{{"title", "", strings.Repeat("x", 65<<10)}, file}, 413, "too_large", "65536"},
		"no such ticket":        {"full", "/tickets/99999/attachments", []part{file}, 404, "not_found", "99999"},
		"elsewhere":             {"full", "/tickets/10300/internal-notes", []part{file}, 415, "unsupported_media_type", "application/json"},
		"where nothing is":      {"full", "/nowhere", []part{file}, 404, "not_found", "nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w.attach(t, c.agent, c.path, c.parts...).problem(t, c.status, c.code).says(t, c.says)
		})
	}
	t.Cleanup(func() {
		if after := w.documents(); after != before {
			t.Errorf("%d documents are there, before %d", after, before)
		}
	})
}

// TestAttachmentsThatBreakOff holds that half a file is none, on both ways.
func TestAttachmentsThatBreakOff(t *testing.T) {
	t.Parallel()
	w := start(t)
	const at = "/tickets/10300/attachments"
	before := w.documents()
	kind, body := form(t, part{"file", "a.png", bytesOf(1 << 20)})
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
		w.path(at), tokens["full"], kind, body.Len())
	if _, err := conn.Write(body.Bytes()[:600<<10]); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil && !errors.Is(err, syscall.ENOTCONN) {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	parse(t, conn).problem(t, 400, "invalid_argument").says(t, "whole")
	if after := w.documents(); after != before {
		t.Errorf("half a file was attached: %d documents, before %d", after, before)
	}

	made := w.attach(t, "full", at, part{"file", "b.png", bytesOf(1 << 20)}).want(t, http.StatusCreated)
	w.put(fault{"fault": "truncate"}.on("GET", "system/documents/*/download").times(1))
	_, got, err := w.download(t, http.MethodGet, at+"/"+made.text("attachment", "id")+"/content")
	if err == nil {
		t.Errorf("a content that broke off after %d bytes looks whole", len(got))
	}
}
