package config

import "github.com/agnivade/levenshtein"

// suggest returns the allowed word that was probably meant, or "". A third of
// the letters may be wrong, and two of a short word that has at least four.
func suggest(given string, allowed []string) string {
	best, distance := "", max(len(given)/3, 1)+1
	if len(given) >= 4 {
		distance = max(distance, 3)
	}
	if len(given) > 100 {
		return ""
	}
	for _, word := range allowed {
		if n := levenshtein.ComputeDistance(given, word); n < distance {
			best, distance = word, n
		}
	}
	return best
}
