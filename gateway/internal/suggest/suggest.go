// Package suggest finds what was probably meant by a name that is not known.
package suggest

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// maxName bounds what is compared, which is dear: longer ones are no slips of
// the pen.
const maxName = 100

// mostEdits bounds how much a long name may differ.
const mostEdits = 3

// Nearest returns the allowed name that was probably meant, or "": one that
// differs in a third of its letters at most, and in no more than three. Two
// letters that are swapped count as one; case, hyphens, underscores and spaces
// count for nothing, so that recordType finds record_type.
func Nearest(given string, allowed []string) string {
	if len(given) > maxName {
		return ""
	}
	best, least := "", maxName
	folded := fold(given)
	for _, name := range allowed {
		to := fold(name)
		d := levenshtein.ComputeDistance(folded, to)
		if d == 2 && slices.Equal(letters(folded), letters(to)) {
			d = 1
		}
		longer := max(len(folded), len(to))
		if d < least && d <= min(max(longer/3, 1), mostEdits) && d*2 < longer {
			best, least = name, d
		}
	}
	return best
}

var separators = strings.NewReplacer("_", "", "-", "", " ", "")

func fold(name string) string { return separators.Replace(strings.ToLower(name)) }

func letters(name string) []rune {
	sorted := []rune(name)
	slices.Sort(sorted)
	return sorted
}
