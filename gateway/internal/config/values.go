package config

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// words say what a value of a kind is.
var words = map[kind]string{
	text:       "a text in quotes",
	boolean:    "true or false",
	integer:    "a whole number from -2147483648 to 2147483647",
	number:     "a number",
	duration:   `a duration in quotes, such as "30s", "5m" or "1h30m"`,
	address:    `an address in quotes, such as "https://psa.example.com"`,
	stringList: `a list of texts: ["a", "b"]`,
	stringMap:  `texts by name: { name = "text" }`,
}

var errKind = errors.New("wrong type")

// goValue turns what an expression gave into string, bool, int64, float64,
// []string or map[string]string. A number is never taken for a text: 007 would
// silently become 7. The other way round is fine, env() knows texts alone.
func goValue(k kind, v cty.Value) (any, error) {
	switch k {
	case boolean:
		v, err := convert.Convert(v, cty.Bool)
		if err != nil || v.IsNull() {
			return nil, errKind
		}
		return v.True(), nil
	case integer, number:
		v, err := convert.Convert(v, cty.Number)
		if err != nil || v.IsNull() {
			return nil, errKind
		}
		return goNumber(k, v.AsBigFloat())
	case stringList:
		list := []string{}
		if !v.Type().IsTupleType() && !v.Type().IsListType() {
			return nil, errKind
		}
		for _, element := range v.Elements() {
			if element.IsNull() || element.Type() != cty.String {
				return nil, errKind
			}
			list = append(list, element.AsString())
		}
		return list, nil
	case stringMap:
		byName := map[string]string{}
		if !v.Type().IsObjectType() && !v.Type().IsMapType() {
			return nil, errKind
		}
		for name, element := range v.Elements() {
			if element.IsNull() || element.Type() != cty.String {
				return nil, errKind
			}
			byName[name.AsString()] = element.AsString()
		}
		return byName, nil
	default:
		if v.Type() != cty.String {
			return nil, errKind
		}
		return v.AsString(), nil
	}
}

func goNumber(k kind, f *big.Float) (any, error) {
	if k == integer {
		n, accuracy := f.Int64()
		if accuracy != big.Exact || n < math.MinInt32 || n > math.MaxInt32 {
			return nil, errKind
		}
		return n, nil
	}
	n, _ := f.Float64()
	if math.IsInf(n, 0) {
		return nil, errKind
	}
	return n, nil
}

// checkKind looks at texts that have a form.
func checkKind(k kind, value any) error {
	s, ok := value.(string)
	if !ok {
		return nil
	}
	switch k {
	case duration:
		return checkDuration(s)
	case address:
		return checkURL(s)
	default:
		return nil
	}
}

func checkDuration(s string) error {
	if d, err := time.ParseDuration(s); err != nil || d < 0 {
		return fmt.Errorf("must be %s", words[duration])
	}
	return nil
}

// errCredentials is told apart because the value must not be quoted.
var errCredentials = errors.New("must not carry a user name or password: they have attributes of their own")

func checkURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case err == nil && u.User != nil:
		return errCredentials
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return errors.New("must be an absolute address that begins with https:// or http://")
	}
	if port := u.Port(); port != "" && !validPort(port) {
		return errors.New("has a port that is not a number from 0 to 65535")
	}
	return nil
}

func validPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && strconv.FormatUint(n, 10) == port
}

var sizePattern = regexp.MustCompile(`^([0-9]{1,12})(B|KiB|MiB)$`)

// parseSize reads a number of bytes such as 512KiB.
func parseSize(s string) (int, error) {
	m := sizePattern.FindStringSubmatch(s)
	if m == nil {
		return 0, errors.New(`must be a size in quotes, such as "512KiB" or "1MiB"`)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0, err
	}
	return n * map[string]int{"B": 1, "KiB": 1 << 10, "MiB": 1 << 20}[m[2]], nil
}

// disallowed returns the first text of the value that is not allowed.
func disallowed(value any, allowed []string) (string, bool) {
	if len(allowed) == 0 {
		return "", false
	}
	var given []string
	switch v := value.(type) {
	case string:
		given = []string{v}
	case []string:
		given = v
	case map[string]string:
		for _, s := range v {
			given = append(given, s)
		}
		slices.Sort(given)
	case int64, float64, bool:
		given = []string{fmt.Sprint(v)}
	}
	for _, s := range given {
		if !slices.Contains(allowed, s) {
			return s, true
		}
	}
	return "", false
}
