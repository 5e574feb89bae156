package callback

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed vendor/levels.json
var levelsJSON []byte

// ownerLevel is the level of all records of a type.
const ownerLevel = "owner"

// levels are the levels of each type, in lower case as answers have them.
var levels = sync.OnceValue(func() map[string][]string {
	var file struct {
		Levels map[string][]string `json:"levels"`
	}
	if err := json.Unmarshal(levelsJSON, &file); err != nil {
		panic(fmt.Sprintf("callback: the embedded levels: %v", err))
	}
	for _, list := range file.Levels {
		for i, level := range list {
			list[i] = strings.ToLower(level)
		}
	}
	// The vendor's page names the type without its levels; that it has the one
	// that all others have is inferred.
	file.Levels["site"] = []string{ownerLevel}
	return file.Levels
})

// fits tells whether a type exists, and whether it has the level.
func fits(typ, level string) (known, has bool) {
	list, known := levels()[typ]
	return known, slices.Contains(list, level)
}
