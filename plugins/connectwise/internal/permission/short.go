package permission

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

// readShort tries the short forms of the lists that the role does not open.
func (r *Role) readShort(ctx context.Context, c *api.Client) {
	wanted := map[string]bool{}
	for _, n := range operations(Options{}) {
		for _, l := range n.lists() {
			if r.Grant(l.right) == None {
				wanted[l.short] = true
			}
		}
	}
	r.short = map[string]Grant{}
	board := 0
	if wanted[boards.short] {
		board = r.tryShort(ctx, c, boards.short, boards.short)
		delete(wanted, boards.short)
	}
	for _, short := range slices.Sorted(maps.Keys(wanted)) {
		switch ofBoard := strings.Contains(short, "%d"); {
		case !ofBoard:
			r.tryShort(ctx, c, short, short)
		case board != 0:
			r.tryShort(ctx, c, short, fmt.Sprintf(short, board))
		}
	}
}

// tryShort reads one row of a short form, and returns its id. Where neither that nor a
// refusal is answered, nothing is known.
func (r *Role) tryShort(ctx context.Context, c *api.Client, short, path string) int {
	rows, err := api.List[struct{ ID int }](ctx, c, path, api.Query{PageSize: 1})
	switch {
	case err == nil:
		r.short[short] = All
	case closed(err):
		r.short[short] = None
	}
	if len(rows) == 0 {
		return 0
	}
	return rows[0].ID
}
