package mapping

import (
	"math"
	"net/url"
	"path"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

// Attachment maps a document of a ticket.
func Attachment(ticketID int, d *api.Document, n Names) *psav1.Attachment {
	b := psav1.Attachment_builder{
		Id: new(strconv.Itoa(d.ID)), Ticket: new(strconv.Itoa(ticketID)), Title: text(d.Title),
		Author: PartyByLogin(d.Owner, n), CreatedAt: Timestamp(d.CreatedOn),
	}
	if d.Public != nil {
		b.Visibility = new(psav1.Visibility_INTERNAL)
		if *d.Public {
			b.Visibility = new(psav1.Visibility_CUSTOMER)
		}
	}
	if d.IsLink() {
		b.Link = address(d)
		return b.Build()
	}
	b.FileName, b.ContentType = text(d.FileName), text(MediaType(d.FileName))
	if d.Size != nil && *d.Size >= 0 && *d.Size <= math.MaxUint32 {
		b.Size = new(uint32(*d.Size))
	}
	return b.Build()
}

// address is where a link points. Which member holds that is not documented, so
// that it is the one with an address in it.
func address(d *api.Document) *string {
	for _, s := range []string{d.ServerFileName, d.FileName, d.Title} {
		if IsAddress(s) {
			return &s
		}
	}
	return nil
}

// IsAddress reports whether a text is an address that a browser opens as a page or
// a file of the web.
func IsAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (strings.EqualFold(u.Scheme, "https") || strings.EqualFold(u.Scheme, "http"))
}

// MediaType tells a file's media type by its name, "" where that tells none:
// ConnectWise keeps none. The table is our own, since that of the machine would
// make answers differ from one to the other.
func MediaType(fileName string) string {
	return mediaTypes[strings.ToLower(strings.TrimPrefix(path.Ext(fileName), "."))]
}

// mediaTypes are those of the files that tickets usually have.
var mediaTypes = map[string]string{
	"7z": "application/x-7z-compressed", "bmp": "image/bmp", "cer": "application/pkix-cert", "csv": "text/csv",
	"doc": "application/msword", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"eml": "message/rfc822", "evtx": "application/octet-stream", "gif": "image/gif", "gz": "application/gzip", "heic": "image/heic",
	"htm": "text/html", "html": "text/html", "ics": "text/calendar", "jpeg": "image/jpeg", "jpg": "image/jpeg", "json": "application/json",
	"log": "text/plain", "md": "text/markdown", "mov": "video/quicktime", "mp3": "audio/mpeg", "mp4": "video/mp4", "msg": "application/vnd.ms-outlook",
	"ods": "application/vnd.oasis.opendocument.spreadsheet", "odt": "application/vnd.oasis.opendocument.text", "pcap": "application/vnd.tcpdump.pcap",
	"pdf": "application/pdf", "png": "image/png", "ppt": "application/vnd.ms-powerpoint",
	"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", "rar": "application/vnd.rar", "rtf": "application/rtf",
	"svg": "image/svg+xml", "tar": "application/x-tar", "tif": "image/tiff", "tiff": "image/tiff", "txt": "text/plain", "vcf": "text/vcard",
	"wav": "audio/wav", "webm": "video/webm", "webp": "image/webp", "xls": "application/vnd.ms-excel",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xml": "application/xml", "zip": "application/zip",
}
