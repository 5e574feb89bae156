// Package release says which release of its project a program is.
package release

import "runtime/debug"

// version is stamped by the linker:
//
//	go build -ldflags "-X github.com/deskgate/deskgate/pluginsdk/release.version=1.2.0"
var version string

// Version returns what the linker stamped; else the version of the program's
// module, or the commit that it was built from; else "devel".
func Version() string {
	info, _ := debug.ReadBuildInfo()
	return choose(version, info)
}

// commitLength is how much of a commit's hash tells it from the others.
const commitLength = 12

func choose(stamped string, info *debug.BuildInfo) string {
	switch {
	case stamped != "":
		return stamped
	case info == nil:
		return "devel"
	case info.Main.Version != "" && info.Main.Version != "(devel)":
		return info.Main.Version
	}
	commit, dirty := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(len(s.Value), commitLength)]
		case "vcs.modified":
			if s.Value == "true" {
				dirty = "-dirty"
			}
		}
	}
	if commit == "" {
		return "devel"
	}
	return commit + dirty
}
