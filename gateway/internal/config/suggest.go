package config

import (
	"slices"

	"github.com/agnivade/levenshtein"
)

// maxWord bounds what is compared: longer ones are no slips of the pen.
const maxWord = 100

// suggest returns the allowed word that was probably meant, or "": one with a
// third of its letters wrong, or with two letters swapped.
func suggest(given string, allowed []string) string {
	if len(given) > maxWord {
		return ""
	}
	best, distance := "", max(len(given)/3, 1)+1
	for _, word := range allowed {
		n := levenshtein.ComputeDistance(given, word)
		if n == 2 && slices.Equal(letters(given), letters(word)) {
			n = 1
		}
		if n < distance {
			best, distance = word, n
		}
	}
	return best
}

func letters(word string) []rune {
	sorted := []rune(word)
	slices.Sort(sorted)
	return sorted
}
