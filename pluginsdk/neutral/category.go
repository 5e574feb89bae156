// Package neutral holds the rules by which names at any PSA become neutral
// values: what a status means, and how urgent a priority is. A connector asks
// it where the PSA itself does not say.
package neutral

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// categoryRules are tried in this order, on the lower-case name. They know
// English; other languages are for the connection's configuration.
var categoryRules = []struct {
	name     *regexp.Regexp
	category psav1.Category_V
}{
	{regexp.MustCompile(`\b(waiting|pending|awaiting|on hold|with)\b.*\b(customer|client|user|contact|caller)`), psav1.Category_WAITING_CUSTOMER},
	{regexp.MustCompile(`\b(waiting|pending|awaiting|on hold)\b|with (supplier|vendor)|\b(materials|parts)\b|third party`), psav1.Category_WAITING_OTHER},
	{regexp.MustCompile(`\b(complete|completed|closed|cancell?ed)\b`), psav1.Category_CLOSED},
	{regexp.MustCompile(`\bresolved\b`), psav1.Category_RESOLVED},
	{regexp.MustCompile(`^new\b|not started`), psav1.Category_NEW},
}

// CategoryByLabel guesses what a status means from its name. Where the name says
// nothing the answer is IN_PROGRESS by DEFAULT.
func CategoryByLabel(name string) (psav1.Category_V, psav1.CategorySource_V) {
	label := strings.ToLower(name)
	for _, rule := range categoryRules {
		if rule.name.MatchString(label) {
			return rule.category, psav1.CategorySource_LABEL
		}
	}
	return psav1.Category_IN_PROGRESS, psav1.CategorySource_DEFAULT
}

// Categories is what a connection's configuration says about statuses.
type Categories struct {
	byName map[string]psav1.Category_V
}

// ParseCategories reads the configuration: categories by the name of a status,
// or of a status within a queue as "<queue>/<status>". The error names the key.
func ParseCategories(config map[string]string) (Categories, error) {
	c := Categories{byName: make(map[string]psav1.Category_V, len(config))}
	for name, value := range config {
		v, ok := psav1.Category_V_value[value]
		if !ok || v == 0 {
			return Categories{}, &ConfigError{Key: name, Value: value, Allowed: categoryNames()}
		}
		c.byName[strings.ToLower(strings.TrimSpace(name))] = psav1.Category_V(v)
	}
	return c, nil
}

// Of returns what the configuration says about a status of a queue; the rule
// for the one queue is stronger than the one for all.
func (c Categories) Of(queue, status string) (psav1.Category_V, bool) {
	for _, key := range []string{queue + "/" + status, status} {
		if v, ok := c.byName[strings.ToLower(key)]; ok {
			return v, true
		}
	}
	return psav1.Category_UNSPECIFIED, false
}

// ConfigError is a value of a map in the configuration that is not allowed.
type ConfigError struct {
	Key     string
	Value   string
	Allowed []string
}

func (e *ConfigError) Error() string {
	return fmt.Sprintf("%q = %q: want one of %s", e.Key, e.Value, strings.Join(e.Allowed, ", "))
}

func categoryNames() []string {
	values := make([]string, 0, len(psav1.Category_V_name))
	for n := int32(1); n < int32(len(psav1.Category_V_name)); n++ {
		values = append(values, psav1.Category_V_name[n])
	}
	return slices.Clip(values)
}
