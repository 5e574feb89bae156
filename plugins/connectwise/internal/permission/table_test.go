package permission_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/permission"
)

// rows reads the table of rights out of the setup page: what is granted All, by
// function.
func rows(t *testing.T) map[permission.Function][]permission.Level {
	t.Helper()
	found := map[permission.Function][]permission.Level{}
	for line := range strings.Lines(connectwise.Setup) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) < 9 || strings.Contains(line, "---") || strings.TrimSpace(cells[1]) == "Module" {
			continue
		}
		f := permission.Function{Module: strings.TrimSpace(cells[1]), Name: strings.TrimSpace(cells[2])}
		for n, level := range permission.Levels {
			if strings.TrimSpace(cells[3+n]) == "All" {
				found[f] = append(found[f], level)
			}
		}
		if strings.TrimSpace(cells[7]) == "" {
			t.Errorf("the setup page does not say what %s is for", f)
		}
	}
	return found
}

// TestSetupPageGrantsWhatIsNeeded holds the rights of the setup page against those
// of the operations: none lacks, and none is asked for in vain.
func TestSetupPageGrantsWhatIsNeeded(t *testing.T) {
	t.Parallel()
	want := map[permission.Function][]permission.Level{permission.SecurityRoles: {permission.Inquire}} // for the probe itself
	for _, r := range permission.Wanted() {
		want[r.Function] = append(want[r.Function], r.Level)
	}
	got := rows(t)
	for f, levels := range want {
		if !slices.Equal(got[f], levels) {
			t.Errorf("%s: the setup page grants %v, operations need %v", f, got[f], levels)
		}
	}
	for f := range got {
		if want[f] == nil {
			t.Errorf("%s is granted by the setup page, and no operation needs it", f)
		}
	}
}
