package filter

// hostile are texts that mean something in one query language or another. A list
// takes them as they stand, or refuses them.
var hostile = []string{
	"%%%", "___", "***", "[a-z]", "?*?", `\\\`, "100%",
	`x" or id>0 or summary="`, `x' or 'a'='a`, `") or ("1"="1`, "' OR 1=1 --",
	"x^ORidISNOTEMPTY", "x^NQactive=true", "javascript:gs.now()",
	"x&page_size=1000", "x;y", "a,b", "id:", "id:id:1", "id:1 or 1=1", "null", "{{1}}",
	"line\nbreak", "tab\there", "Ünïcödé ✓", "\u202egnirts",
}

// Hostile are the filter's values that try to be more than a value; none where it
// takes no text.
func (f Filter) Hostile() []Case {
	if f.text == nil {
		return nil
	}
	cases := make([]Case, len(hostile))
	for i, text := range hostile {
		cases[i] = f.text(text)
	}
	return cases
}
