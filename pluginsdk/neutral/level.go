package neutral

import (
	"regexp"
	"strconv"
	"strings"
)

// levelRules are tried in this order, on the lower-case name.
var levelRules = []struct {
	name  *regexp.Regexp
	level int32
}{
	{regexp.MustCompile(`\b(scheduled|planned|none|no sla)\b`), 5},
	{regexp.MustCompile(`\b(critical|emergency)\b`), 1},
	{regexp.MustCompile(`\bhigh\b`), 2},
	{regexp.MustCompile(`\b(medium|normal)\b`), 3},
	{regexp.MustCompile(`\blow\b`), 4},
}

// LevelByLabel guesses how urgent a priority is from its name: 1 the most, 5 the
// least. It reports false where the name says nothing.
func LevelByLabel(name string) (int32, bool) {
	label := strings.ToLower(name)
	for _, rule := range levelRules {
		if rule.name.MatchString(label) {
			return rule.level, true
		}
	}
	return 0, false
}

// LevelByPosition is the level of a priority whose name says nothing: its place
// among n, from the most urgent on, spread over the five levels.
func LevelByPosition(index, n int) int32 {
	if n <= 5 {
		return int32(min(index+1, 5))
	}
	return int32(index*5/n + 1)
}

// Levels is what a connection's configuration says about priorities.
type Levels struct {
	byName map[string]int32
}

// ParseLevels reads the configuration: levels by the name of a priority. The
// error names the key.
func ParseLevels(config map[string]string) (Levels, error) {
	l := Levels{byName: make(map[string]int32, len(config))}
	for name, value := range config {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > 5 {
			return Levels{}, &ConfigError{Key: name, Value: value, Allowed: []string{"1", "2", "3", "4", "5"}}
		}
		l.byName[strings.ToLower(strings.TrimSpace(name))] = int32(n)
	}
	return l, nil
}

// Of returns what the configuration says about a priority.
func (l Levels) Of(priority string) (int32, bool) {
	n, ok := l.byName[strings.ToLower(priority)]
	return n, ok
}
