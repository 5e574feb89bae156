package paging_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/paging"
)

type cursor struct {
	Time int64  `json:"t,omitempty"`
	ID   string `json:"i,omitempty"`
}

func FuzzDecode(f *testing.F) {
	for _, c := range []cursor{{}, {1, "a"}, {-5, "\"\\\u2028"}, {1 << 60, ""}} {
		token, err := paging.Encode(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(token)
	}
	f.Add("")
	f.Add("e30=")
	f.Add("bnVsbA")
	f.Add("eyJ0IjoxfXsidCI6Mn0")
	f.Fuzz(func(t *testing.T, token string) {
		c, err := paging.Decode[cursor](token)
		if err != nil {
			if e := fault.From(err); e.Code != fault.CodeInvalidArgument || e.Violations[0].Field != "page_token" || c != (cursor{}) {
				t.Fatalf("%q: %v, %v", token, c, err)
			}
			return
		}
		again, err := paging.Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := paging.Decode[cursor](again); err != nil || back != c {
			t.Fatalf("%q: %v became %v, %v", token, c, back, err)
		}
	})
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for name, token := range map[string]string{
		"no base64":      "!",
		"padded":         "e30=",
		"no JSON":        "eA",
		"unknown member": "eyJ4IjoxfQ",
		"wrong type":     "eyJ0IjoiMSJ9",
		"trailing data":  "eyJ0IjoxfXsidCI6Mn0",
		"too long":       string(make([]byte, 5000)),
	} {
		if _, err := paging.Decode[cursor](token); fault.CodeOf(err) != fault.CodeInvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// numbers is a list of the numbers below n.
func numbers(n int, calls *[]int) paging.Fetch[int, int] {
	return func(_ context.Context, after, limit int) ([]int, bool, error) {
		*calls = append(*calls, limit)
		var rows []int
		for i := after + 1; i < n && len(rows) < limit; i++ {
			rows = append(rows, i)
		}
		return rows, after+len(rows)+1 < n, nil
	}
}

func TestFillWalksEverythingThatIsKept(t *testing.T) {
	t.Parallel()
	for name, keep := range map[string]func(int) bool{
		"all":    nil,
		"even":   func(n int) bool { return n%2 == 0 },
		"sparse": func(n int) bool { return n%97 == 0 },
		"none":   func(int) bool { return false },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const n = 500
			var got, want, calls []int
			for i := range n {
				if i > 0 && (keep == nil || keep(i)) {
					want = append(want, i)
				}
			}
			after, pages := 0, 0
			for more := true; more; pages++ {
				var rows []int
				var err error
				rows, after, more, err = paging.Fill(t.Context(), after, 7, 50, numbers(n, &calls), func(i int) int { return i }, keep)
				if err != nil {
					t.Fatal(err)
				}
				if len(rows) > 7 || more && len(rows) < 7 {
					t.Fatalf("a page of %d rows, more %t", len(rows), more)
				}
				got = append(got, rows...)
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %d rows, want %d", len(got), len(want))
			}
			if keep != nil && len(calls) > 2*pages+n/50 {
				t.Errorf("%d calls for %d pages", len(calls), pages)
			}
		})
	}
}

func TestFillPassesErrorsOn(t *testing.T) {
	t.Parallel()
	bad := errors.New("bad")
	fetch := func(context.Context, int, int) ([]int, bool, error) { return nil, false, bad }
	if _, _, _, err := paging.Fill(t.Context(), 0, 7, 50, fetch, func(i int) int { return i }, nil); !errors.Is(err, bad) {
		t.Errorf("got %v", err)
	}
}

func TestUnion(t *testing.T) {
	t.Parallel()
	key := func(i int) int { return i }
	got := paging.Union(key, 5, []int{1, 4, 9}, []int{2, 4, 5, 10}, nil)
	if !slices.Equal(got, []int{1, 2, 4, 5, 9}) {
		t.Errorf("got %v", got)
	}
}
