package vendorhttp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

// upload is a request whose body is a form with a file.
func upload(content io.Reader, size int64) vendorhttp.Request {
	return vendorhttp.Request{
		Name: "attach", Method: http.MethodPost, Path: "documents",
		Upload: vendorhttp.Form([]vendorhttp.FormField{{Name: "title", Value: "Log of hunter2-secret"}, {Name: "record", Value: "7"}}, &vendorhttp.FormFile{
			Field: "file", Name: `a "b".txt`, ContentType: "text/plain", Content: content, Size: size,
		}),
	}
}

// once counts how often a content is begun.
type once struct {
	io.Reader
	reads int
}

func (o *once) Read(p []byte) (int, error) { o.reads++; return o.Reader.Read(p) }

func TestUpload(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("0123456789abcdef", 1<<16) // 1 MiB
	for name, size := range map[string]int64{"of unknown size": 0, "of known size": int64(len(big))} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			withPSA(t, reply(201, `{"id":5}`), nil, func(ctx context.Context, v *psa) {
				var made struct{ ID int }
				req := upload(strings.NewReader(big), size)
				req.Into = &made
				if _, err := v.client.Do(ctx, req); err != nil || made.ID != 5 {
					t.Fatalf("answered %v, %v", made, err)
				}
				v.wantHits(1)
				got := v.seen()[0]
				kind, params, err := mime.ParseMediaType(got.header.Get("Content-Type"))
				if err != nil || kind != "multipart/form-data" || (got.header.Get("Content-Length") != "") != (size > 0) {
					t.Fatalf("headers %v, %v", got.header, err)
				}
				form, err := multipart.NewReader(strings.NewReader(got.body), params["boundary"]).ReadForm(1 << 30)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = form.RemoveAll() }()
				file := form.File["file"][0]
				if form.Value["title"][0] != "Log of hunter2-secret" || form.Value["record"][0] != "7" || file.Filename != `a "b".txt` || file.Header.Get("Content-Type") != "text/plain" || file.Size != int64(len(big)) {
					t.Errorf("form %v, file %+v", form.Value, file)
				}
				if v.call.VendorRequests() != 1 || v.call.Writes() != 1 {
					t.Errorf("%d requests, %d writes", v.call.VendorRequests(), v.call.Writes())
				}
				if logs := v.logs.String(); strings.Contains(logs, "0123456789abcdef") || strings.Contains(logs, "hunter2") {
					t.Errorf("the log holds content: %.300s", logs)
				}
			})
		})
	}
}

func TestUploadInADryRun(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(201, "{}"), nil, func(ctx context.Context, v *psa) {
		v.call.DryRun = true
		_, err := v.client.Do(ctx, upload(strings.NewReader("the content"), 0))
		if !errors.Is(err, vendorhttp.ErrDryRun) {
			t.Fatalf("got %v", err)
		}
		v.wantHits(0)
		var shown struct {
			Form map[string]string
			File struct {
				Field, Name string
				Type        string `json:"content_type"`
				Bytes       int64
			}
		}
		plan := v.call.Planned()[0]
		if err := json.Unmarshal(plan.Body, &shown); err != nil {
			t.Fatal(err)
		}
		if shown.Form["title"] != "Log of REDACTED" || shown.Form["record"] != "7" || shown.File.Name != `a "b".txt` || shown.File.Bytes != 11 || shown.File.Type != "text/plain" || bytes.Contains(plan.Body, []byte("the content")) {
			t.Errorf("planned %s", plan.Body)
		}
		// A content that breaks off could not be sent: the dry run says so.
		_, err = v.client.Do(ctx, upload(io.MultiReader(strings.NewReader("half"), broken{errors.New("gone")}), 0))
		wantFault(t, err, fault.CodeInvalidArgument, fault.NotSent)
		if len(v.call.Planned()) != 1 {
			t.Error("it was planned nevertheless")
		}
	})
}

// broken is a content that fails.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func TestUploadIsSentOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer  http.HandlerFunc
		code    fault.Code
		outcome fault.Outcome
	}{
		"the answer is lost":   {drop, fault.CodeOutcomeUnknown, fault.Unknown},
		"the PSA fails":        {reply(503, "{}"), fault.CodeOutcomeUnknown, fault.Unknown},
		"the limit is reached": {limited("1"), fault.CodeRateLimited, fault.Unknown},
		"it is refused":        {reply(403, "{}"), fault.CodePermissionDenied, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			withPSA(t, c.answer, nil, func(ctx context.Context, v *psa) {
				_, err := v.client.Do(ctx, upload(strings.NewReader("content"), 0))
				wantFault(t, err, c.code, c.outcome)
				v.wantHits(1)
			})
		})
	}
}

// A dial that fails has read nothing of the content, so that a further try sends
// it whole.
func TestUploadIsTriedAgainBeforeItsFirstByte(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(201, "{}"), nil, func(ctx context.Context, v *psa) {
		v.dialErr = func(n int) error {
			if n == 1 {
				return errors.New("refused")
			}
			return nil
		}
		content := &once{Reader: strings.NewReader("content")}
		if _, err := v.client.Do(ctx, upload(content, 0)); err != nil {
			t.Fatal(err)
		}
		v.wantHits(1)
		if !strings.Contains(v.seen()[0].body, "content") {
			t.Errorf("sent %s", v.seen()[0].body)
		}
	})
}

func TestContentThatBreaksOffIsNoWrite(t *testing.T) {
	t.Parallel()
	tooLarge := fault.InvalidArgument("file", "is larger than 100 MiB")
	for name, c := range map[string]struct {
		err  error
		code fault.Code
		says string
	}{
		"by the caller":   {errors.New("the caller hung up"), fault.CodeInvalidArgument, "broke off after"},
		"by a limit":      {tooLarge, fault.CodeInvalidArgument, "larger than 100 MiB"},
		"without a cause": {io.ErrUnexpectedEOF, fault.CodeInvalidArgument, "broke off after"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := make(chan error, 1)
			withPSA(t, reply(201, "{}"), nil, func(ctx context.Context, v *psa) {
				v.body = func(r *http.Request) { _, err := io.ReadAll(r.Body); whole <- err }
				_, err := v.client.Do(ctx, upload(io.MultiReader(strings.NewReader(strings.Repeat("x", 1<<20)), broken{c.err}), 0))
				e := wantFault(t, err, c.code, fault.NotSent)
				if !strings.Contains(e.Message, c.says) || v.call.Writes() != 0 || tooLarge.Outcome != "" {
					t.Errorf("fault %+v, %d writes", e, v.call.Writes())
				}
				if err := <-whole; err == nil {
					t.Error("the PSA had a whole request")
				}
			})
		})
	}
}

// slowly is a content that takes its time.
type slowly struct {
	ctx   context.Context
	every time.Duration
	left  int
}

func (s *slowly) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	select {
	case <-time.After(s.every):
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	}
	s.left--
	return copy(p, "tick"), nil
}

// An upload takes longer than a try may, and not longer than the call.
func TestUploadTakesAsLongAsTheCall(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(201, "{}"), nil, func(ctx context.Context, v *psa) {
		long, cancel := context.WithTimeout(ctx, time.Hour)
		defer cancel()
		if _, err := v.client.Do(long, upload(&slowly{long, time.Second, 100}, 0)); err != nil {
			t.Error(err)
		}
		short, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		_, err := v.client.Do(short, upload(&slowly{short, time.Second, 100}, 0))
		e := wantFault(t, err, fault.CodeDeadlineExceeded, fault.Unknown) // the first was a write
		if !strings.Contains(e.Message, "no whole request") || v.call.Writes() != 1 {
			t.Errorf("fault %v, %d writes", e, v.call.Writes())
		}
	})
}

// The PSA refuses before it has read the content: nobody reads on when Do has
// returned.
func TestNobodyReadsTheContentOfAnEndedRequest(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(413, `{"message":"too large"}`), nil, func(ctx context.Context, v *psa) {
		v.body = func(*http.Request) {} // reads nothing
		content := &once{Reader: neverEnding{}}
		_, err := v.client.Do(ctx, upload(content, 0))
		wantFault(t, err, fault.CodeVendorError, "")
		reads := content.reads // the race detector watches
		time.Sleep(time.Minute)
		if content.reads != reads {
			t.Error("the content was read on")
		}
	})
}

type neverEnding struct{}

func (neverEnding) Read(p []byte) (int, error) { return len(p), nil }

func TestUploadsLeaveRoomForOthers(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(200, "{}"), func(o *vendorhttp.Options) { o.MaxConcurrent = 2 }, func(ctx context.Context, v *psa) {
		long, cancel := context.WithTimeout(ctx, time.Hour)
		defer cancel()
		ended := make(chan error, 2)
		for range 2 {
			go func() { _, err := v.client.Do(long, upload(&slowly{long, time.Minute, 10}, 0)); ended <- err }()
		}
		time.Sleep(time.Second)
		short, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		if _, err := v.client.Do(short, get); err != nil {
			t.Errorf("a read beside two uploads: %v", err)
		}
		for range 2 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
}

func TestUploadIsTheOnlyBody(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(200, "{}"), nil, func(ctx context.Context, v *psa) {
		req := upload(strings.NewReader("x"), 0)
		req.JSON = map[string]string{}
		_, err := v.client.Do(ctx, req)
		wantFault(t, err, fault.CodeInternal, fault.NotSent)
		v.wantHits(0)
	})
}
