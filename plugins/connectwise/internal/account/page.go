package account

import (
	"net/url"
	"strconv"
	"strings"
)

// The screens of the user interface that records are shown on
// (connectwise.md §14).
const (
	CompanyScreen       = "AccountFV"
	ConfigurationScreen = "ConfigFV"
)

// PageURL is the address of a record's page for people, "" where the site is no
// address. The user interface is at the host of the API without `api-`.
func (a *Account) PageURL(screen string, id int) string {
	u, err := url.Parse(a.Site)
	if err != nil {
		return ""
	}
	u.Host = strings.TrimPrefix(u.Host, "api-")
	u.Path = "/" + a.API.CodeBase() + "/ConnectWise.aspx"
	u.RawQuery = url.Values{"routeTo": {screen}, "recid": {strconv.Itoa(id)}}.Encode()
	return u.String()
}
