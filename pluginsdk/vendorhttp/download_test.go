package vendorhttp_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
)

var file = vendorhttp.Request{Name: "download", Path: "documents/7/download"}

const enough = 1 << 20

// parts answers a content in parts with a pause before each.
func parts(pause time.Duration, list ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
		for _, p := range list {
			select {
			case <-time.After(pause):
			case <-r.Context().Done():
				return
			}
			_, _ = io.WriteString(w, p)
			w.(http.Flusher).Flush()
		}
	}
}

func TestDownload(t *testing.T) {
	t.Parallel()
	withPSA(t, parts(time.Second, "one ", "two ", "three"), nil, func(ctx context.Context, v *psa) {
		d, err := v.client.Download(ctx, file, enough)
		if err != nil {
			t.Fatal(err)
		}
		if since := time.Since(v.start); since >= time.Second || d.Status != 200 || d.Header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("after %s: %d %v", since, d.Status, d.Header)
		}
		// As it comes, not when it is whole.
		first := make([]byte, 4)
		if _, err := io.ReadFull(d.Body, first); err != nil || string(first) != "one " || time.Since(v.start) != time.Second {
			t.Errorf("%q after %s, %v", first, time.Since(v.start), err)
		}
		rest, err := io.ReadAll(d.Body)
		if err != nil || string(rest) != "two three" {
			t.Errorf("%q, %v", rest, err)
		}
		if err := d.Body.Close(); err != nil || v.call.VendorRequests() != 1 || v.call.Writes() != 0 {
			t.Errorf("%v, %d requests", err, v.call.VendorRequests())
		}
		if strings.Contains(v.logs.String(), "two") {
			t.Error("the log holds content")
		}
	})
}

func TestDownloadOutlastsATry(t *testing.T) {
	t.Parallel()
	withPSA(t, parts(20*time.Second, "a", "b", "c", "d"), nil, func(ctx context.Context, v *psa) {
		long, cancel := context.WithTimeout(ctx, time.Hour)
		defer cancel()
		d, err := v.client.Download(long, file, enough)
		if err != nil {
			t.Fatal(err)
		}
		if all, err := io.ReadAll(d.Body); err != nil || string(all) != "abcd" {
			t.Errorf("%q, %v", all, err)
		}
		_ = d.Body.Close()
		short, cancel := context.WithTimeout(ctx, 50*time.Second)
		defer cancel()
		d, err = v.client.Download(short, file, enough)
		if err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(d.Body)
		e := wantFault(t, err, fault.CodeDeadlineExceeded, "")
		if string(all) != "ab" || !strings.Contains(e.Message, "after 2 bytes") {
			t.Errorf("%q, %v", all, e)
		}
		_ = d.Body.Close()
	})
}

// What has not begun is tried again like any other read, and refusals are
// translated like any other.
func TestDownloadIsTriedUntilItBegins(t *testing.T) {
	t.Parallel()
	withPSA(t, sequence(reply(503, "{}"), drop, parts(0, "content")), nil, func(ctx context.Context, v *psa) {
		d, err := v.client.Download(ctx, file, enough)
		if err != nil {
			t.Fatal(err)
		}
		if all, err := io.ReadAll(d.Body); err != nil || string(all) != "content" {
			t.Errorf("%q, %v", all, err)
		}
		_ = d.Body.Close()
		v.wantHits(3)
	})
	withPSA(t, reply(404, `{"message":"none"}`), nil, func(ctx context.Context, v *psa) {
		_, err := v.client.Download(ctx, file, enough)
		wantFault(t, err, fault.CodeNotFound, "")
	})
	withPSA(t, slow(time.Minute), nil, func(ctx context.Context, v *psa) {
		long, cancel := context.WithTimeout(ctx, time.Hour)
		defer cancel()
		_, err := v.client.Download(long, file, enough)
		if e := wantFault(t, err, fault.CodeDeadlineExceeded, fault.NotSent); !strings.Contains(e.Message, "did not answer within") {
			t.Errorf("fault %v", e)
		}
		v.wantHits(3)
	})
	withPSA(t, sequence(redirect(302, "/v1/apis/elsewhere"), parts(0, "content")), nil, func(ctx context.Context, v *psa) {
		d, err := v.client.Download(ctx, file, enough)
		if err != nil {
			t.Fatal(err)
		}
		if all, err := io.ReadAll(d.Body); err != nil || string(all) != "content" {
			t.Errorf("%q, %v", all, err)
		}
		_ = d.Body.Close()
	})
}

func TestDownloadThatEndsBadly(t *testing.T) {
	t.Parallel()
	withPSA(t, cut, nil, func(ctx context.Context, v *psa) {
		d, err := v.client.Download(ctx, file, enough)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.ReadAll(d.Body)
		if e := wantFault(t, err, fault.CodeVendorError, ""); !strings.Contains(e.Message, "broke off after 40 bytes") {
			t.Errorf("fault %v", e)
		}
		_ = d.Body.Close()
		v.wantHits(1) // nobody can tell the caller to forget what came
	})
	withPSA(t, parts(0, strings.Repeat("x", 100)), nil, func(ctx context.Context, v *psa) {
		for limit, code := range map[int64]fault.Code{100: "", 99: fault.CodeVendorError} {
			d, err := v.client.Download(ctx, file, limit)
			if err != nil {
				t.Fatal(err)
			}
			all, err := io.ReadAll(d.Body)
			if fault.CodeOf(err) != code || int64(len(all)) > limit {
				t.Errorf("limit %d: %d bytes, %v", limit, len(all), err)
			}
			_ = d.Body.Close()
		}
	})
}

func TestDownloadsLeaveRoomForOthers(t *testing.T) {
	t.Parallel()
	withPSA(t, sequence(parts(0, "content"), reply(200, "{}"), parts(0, "content")), func(o *vendorhttp.Options) { o.MaxConcurrent = 2 }, func(ctx context.Context, v *psa) {
		held, err := v.client.Download(ctx, file, enough)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.client.Do(ctx, get); err != nil {
			t.Errorf("a read beside a download: %v", err)
		}
		short, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		_, err = v.client.Download(short, file, enough)
		if e := wantFault(t, err, fault.CodeDeadlineExceeded, fault.NotSent); !strings.Contains(e.Message, "another upload or download") {
			t.Errorf("fault %v", e)
		}
		_ = held.Body.Close()
		_ = held.Body.Close()
		again, err := v.client.Download(ctx, file, enough)
		if err != nil {
			t.Fatalf("after the first was closed: %v", err)
		}
		_ = again.Body.Close()
	})
}

func TestDownloadsRead(t *testing.T) {
	t.Parallel()
	withPSA(t, reply(200, "{}"), nil, func(ctx context.Context, v *psa) {
		for _, req := range []vendorhttp.Request{post, {Path: "x", Into: new(int)}} {
			_, err := v.client.Download(ctx, req, enough)
			wantFault(t, err, fault.CodeInternal, fault.NotSent)
		}
		v.wantHits(0)
		v.call.DryRun = true
		d, err := v.client.Download(ctx, file, enough)
		if err != nil || len(v.call.Reads()) != 1 {
			t.Fatalf("in a dry run: %v, %v", err, v.call.Reads())
		}
		_ = d.Body.Close()
	})
}
