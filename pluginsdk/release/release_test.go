package release

import (
	"runtime/debug"
	"testing"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	built := func(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Version: version}, Settings: settings}
	}
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef0123"}
	clean, dirty := debug.BuildSetting{Key: "vcs.modified", Value: "false"}, debug.BuildSetting{Key: "vcs.modified", Value: "true"}
	for name, c := range map[string]struct {
		stamped string
		info    *debug.BuildInfo
		want    string
	}{
		"stamped":         {"1.2.0", built("v1.0.0", commit, dirty), "1.2.0"},
		"a module's":      {"", built("v1.0.0", commit, clean), "v1.0.0"},
		"a commit":        {"", built("(devel)", commit, clean), "0123456789ab"},
		"a dirty tree":    {"", built("", commit, dirty), "0123456789ab-dirty"},
		"nothing known":   {"", built("(devel)"), "devel"},
		"no build info":   {"", nil, "devel"},
		"a short commit":  {"", built("", debug.BuildSetting{Key: "vcs.revision", Value: "7"}), "7"},
		"stamped, no vcs": {"1.2.0", nil, "1.2.0"},
	} {
		if got := choose(c.stamped, c.info); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
