package write

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"strings"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// Planned says where the requests that a dry run planned are not those that were
// sent then: method, path and body, in order. A `${step.id}` of the plan stands for
// what only an earlier answer tells.
func Planned(planned []*psav1.VendorRequest, sent []simulated.Request) []string {
	var wrong []string
	for i, p := range planned {
		if i >= len(sent) {
			wrong = append(wrong, fmt.Sprintf("%s %s was planned, and not sent", p.GetMethod(), p.GetPath()))
			continue
		}
		if !samePlace(p, sent[i]) {
			wrong = append(wrong, fmt.Sprintf("request %d was planned as %s %s, and sent as %s %s", i+1, p.GetMethod(), p.GetPath(), sent[i].Method, place(sent[i])))
			continue
		}
		if d := sameBody(p, sent[i].Body); d != "" {
			wrong = append(wrong, fmt.Sprintf("%s %s was planned with another body than sent: %s", p.GetMethod(), p.GetPath(), d))
		}
	}
	for _, r := range sent[min(len(planned), len(sent)):] {
		wrong = append(wrong, fmt.Sprintf("%s %s was sent, and not planned", r.Method, place(r)))
	}
	return wrong
}

func place(r simulated.Request) string {
	if r.Query == "" {
		return r.Path
	}
	return r.Path + "?" + r.Query
}

// unknown is what a plan has for what it does not know yet.
var unknown = regexp.MustCompile(`\\\$\\\{[\w.\\]+\\\}`)

// samePlace tells whether a request went to where it was planned: a plan's path is
// below the API's root.
func samePlace(p *psav1.VendorRequest, r simulated.Request) bool {
	path, query, _ := strings.Cut(p.GetPath(), "?")
	if plain, err := url.PathUnescape(path); err == nil {
		path = plain
	}
	pattern := "(^|/)" + unknown.ReplaceAllString(regexp.QuoteMeta(strings.TrimPrefix(path, "/")), `[^/]+`) + "$"
	matches, err := regexp.MatchString(pattern, r.Path)
	return err == nil && matches && p.GetMethod() == r.Method && sameQuery(query, r.Query)
}

func sameQuery(planned, sent string) bool {
	p, err := url.ParseQuery(planned)
	if err != nil {
		return planned == sent
	}
	s, err := url.ParseQuery(sent)
	return err == nil && reflect.DeepEqual(map[string][]string(p), map[string][]string(s))
}

// sameBody says where a body of JSON is another one than planned; "" for nowhere.
// Of what is no JSON, such as a file, nothing is said.
func sameBody(p *psav1.VendorRequest, sent string) string {
	var is any
	if json.Unmarshal([]byte(sent), &is) != nil {
		return ""
	}
	if !p.HasBody() {
		return "the plan has none"
	}
	return apart("", p.GetBody().AsInterface(), is)
}

// apart says where two values of JSON differ.
func apart(at string, planned, sent any) string {
	switch p := planned.(type) {
	case string:
		s, ok := sent.(string)
		if strings.Contains(p, "${") || ok && timeless(p) == timeless(s) {
			return ""
		}
	case map[string]any:
		s, ok := sent.(map[string]any)
		if !ok {
			break
		}
		for name := range s {
			if _, there := p[name]; !there {
				return fmt.Sprintf("%s.%s is sent, and not planned", at, name)
			}
		}
		for name := range p {
			if _, there := s[name]; !there {
				return fmt.Sprintf("%s.%s is planned, and not sent", at, name)
			}
			if d := apart(at+"."+name, p[name], s[name]); d != "" {
				return d
			}
		}
		return ""
	case []any:
		s, ok := sent.([]any)
		if !ok || len(p) != len(s) {
			break
		}
		for i := range p {
			if d := apart(fmt.Sprintf("%s[%d]", at, i), p[i], s[i]); d != "" {
				return d
			}
		}
		return ""
	default:
		if reflect.DeepEqual(planned, sent) {
			return ""
		}
	}
	return fmt.Sprintf("%s is planned as %v, and sent as %v", at, planned, sent)
}

// clock is a time of day in a text: a write that is made a minute later says
// another.
var clock = regexp.MustCompile(`\d\d:\d\d(:\d\d)?`)

func timeless(text string) string { return clock.ReplaceAllString(text, "00:00") }
