package writing

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/sample"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

func texting() []suite.Check {
	var checks []suite.Check
	for _, f := range sample.Texts() {
		operations := []string{f.Operation, f.Get}
		checks = append(checks, suite.Check{
			Name: "text/" + f.Name(), About: "A text of any script and with any signs comes back as it was sent, or the receipt says FORMAT; lines end in \\n.",
			Operations: operations, Writes: true,
			Run: func(t *suite.T) { anyText(t, f) },
		}, suite.Check{
			Name: "limit/" + f.Name(), About: "A text of as many characters as are allowed comes back whole; a longer one is refused with the number that is allowed, and never cut.",
			Operations: operations, Writes: true,
			Run: func(t *suite.T) { longText(t, f) },
		})
	}
	return checks
}

// lineTexts are texts of one line that have gone wrong somewhere.
var lineTexts = []string{
	"Größe, Ångström, Ελληνικά, Русский, 日本語, 한국어",
	"🙂 👩‍👩‍👧‍👦 🏴‍☠️ 𝒳 ✓",
	"שלום עולם مرحبا بالعالم",
	"composed é and combining e\u0301, a\u0308, n\u0303",
	"tab\there, no-break\u00a0space",
	`"double" 'single' \back\slash \n \u0041 %20 %s {{x}} ${y} $(z)`,
	`<b>bold</b> & <script>alert("1")</script> &amp; &lt;tag&gt; <br/>`,
	"*stars* _under_ # hash `code` [link](https://conformance.example) > quote",
	"   leading and trailing   ",
	"'; DROP TABLE tickets; -- ^OR active=true, 100% \"",
}

// severalLines are texts of several lines.
var severalLines = []string{
	"one\r\ntwo\r\n\r\nfour\r\n",
	"one\ntwo\n\n\nfive",
	"  indented\n\tby a tab\n    by four",
	"- an item\n- another\n\n1. first\n2. second\n\n```\ncode\n```",
	"<p>one</p>\n<p>two</p>",
}

// anyText writes each text and looks how it comes back.
func anyText(t *suite.T, f sample.Text) {
	x := sample.Of(t)
	texts := lineTexts
	if f.Lines {
		texts = append(append([]string(nil), texts...), severalLines...)
	}
	supported(t, f)
	for _, text := range texts {
		made := f.Write(x, text).Make(t)
		if got := suite.Text(made.After, f.Field); strings.Contains(got, "\r") {
			t.Errorf("%s: lines of a text end in \\n; %q is read", f.Operation, got)
		}
	}
	if f.Lines {
		return
	}
	made, refused := f.Write(x, "one\ntwo").MakeUnless(t, fault.CodeInvalidArgument)
	if made == nil {
		write.At(t, refused, f.Field, f.Operation+" with two lines")
	}
}

// supported ends a check of a text that the connector declares not to write.
func supported(t *suite.T, f sample.Text) {
	if sample.Unsupported(t, f.Operation, f.Field) {
		t.NotServed("the connector declares that it does not write it")
	}
}

// longText writes a text of as many characters as the contract allows. Where a PSA
// takes fewer, the refusal says how many: just as many are taken then, and not one
// more.
func longText(t *suite.T, f sample.Text) {
	x := sample.Of(t)
	supported(t, f)
	most := f.Most()
	if most == 0 {
		t.NotRun("the contract names no limit")
	}
	why := fmt.Sprintf("%s of %d characters", f.Field, most)
	_, refused := f.Write(x, long(most)).MakeUnless(t, fault.CodeInvalidArgument)
	if refused == nil {
		return
	}
	v := write.At(t, refused, f.Field, f.Operation+" with "+why)
	if v == nil {
		return
	}
	limit := largest(v.Message, most)
	if limit == 0 {
		t.Errorf("%s with %s is refused without the number that is allowed: %s", f.Operation, why, v.Message)
		return
	}
	t.Logf("the limit is %d characters", limit)
	f.Write(x, long(limit)).Make(t)
	refusedAt(t, f.Write(x, long(limit+1)), fmt.Sprintf("%s of %d characters, one more than the refusal allows", f.Field, limit+1), f.Field)
}

// long is a text of some characters that shows where it was cut.
func long(characters int) string {
	var b strings.Builder
	for n := 1; b.Len() < characters; n++ {
		fmt.Fprintf(&b, "%d ", n)
	}
	text := b.String()[:characters]
	// A blank at the end would not be missed.
	return text[:utf8.RuneCountInString(text)-1] + "x"
}

var number = regexp.MustCompile(`\d[\d,.]*`)

// largest is the largest number in a message that is smaller than another.
func largest(message string, than int) int {
	best := 0
	for _, text := range number.FindAllString(message, -1) {
		n, err := strconv.Atoi(strings.NewReplacer(",", "", ".", "").Replace(text))
		if err == nil && n < than && n > best {
			best = n
		}
	}
	return best
}
