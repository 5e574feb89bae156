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
func (r *Role) readShort(ctx context.Context, c *api.Client) error {
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
		var err error
		if board, err = r.tryShort(ctx, c, boards.short, boards.short); err != nil {
			return err
		}
	}
	for _, path := range slices.Sorted(maps.Keys(wanted)) {
		switch {
		case path == boards.short:
			continue
		case !strings.Contains(path, "%d"):
			if _, err := r.tryShort(ctx, c, path, path); err != nil {
				return err
			}
		case board != 0:
			if _, err := r.tryShort(ctx, c, path, fmt.Sprintf(path, board)); err != nil {
				return err
			}
		}
	}
	return nil
}

// tryShort reads one row of a short form, and returns its id.
func (r *Role) tryShort(ctx context.Context, c *api.Client, short, path string) (int, error) {
	rows, err := api.List[struct{ ID int }](ctx, c, path, api.Query{PageSize: 1})
	switch {
	case err == nil:
		r.short[short] = All
	case closed(err):
		r.short[short] = None
	default:
		return 0, err
	}
	if len(rows) == 0 {
		return 0, nil
	}
	return rows[0].ID, nil
}
