package simulator

import (
	"net/http"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// mountSpecial adds the paths that are not of a collection's common form.
func mountSpecial(on func(method, path string, writes bool, h handler)) {
	on(http.MethodGet, "/system/info", false, systemInfo)
	on(http.MethodGet, "/system/members/{text}", false, memberByIdentifier("Member", seed.MemberMaintenance))
	on(http.MethodGet, "/system/info/members/{text}", false, memberByIdentifier("MemberInfo", seed.ServiceTickets))
	on(http.MethodGet, "/service/tickets/{id}/allNotes", false, allNotes)
	mountConfigurations(on)
}

func systemInfo(c *call) (answer, *apiError) {
	known := c.t.codebases()
	version := strings.ReplaceAll(strings.TrimSuffix(known[len(known)-1], "/"), "_", ".") + ".12345"
	return answer{status: http.StatusOK, body: indented(struct {
		Version        string       `json:"version"`
		IsCloud        bool         `json:"isCloud"`
		ServerTimeZone string       `json:"serverTimeZone"`
		LicenseBits    []licenseBit `json:"licenseBits"`
		CloudRegion    string       `json:"cloudRegion"`
	}{version, true, "Eastern Standard Time", []licenseBit{{"Service", true}, {"Project", true}, {"Time", true}}, "NA"})}, nil
}

type licenseBit struct {
	Name       string `json:"name"`
	ActiveFlag bool   `json:"activeFlag"`
}

// memberByIdentifier finds a member by identifier in place of the id
// (connectwise.md §12).
func memberByIdentifier(typ, right string) handler {
	return func(c *call) (answer, *apiError) {
		if err := c.allow(right, inquire); err != nil {
			return answer{}, err
		}
		r, ok := c.world().Table(store.Members).Find(func(m *store.Record) bool {
			return strings.EqualFold(m.Text("identifier"), c.text)
		})
		if !ok {
			return answer{}, notFound("Member", c.text)
		}
		return c.record(http.StatusOK, typ, r)
	}
}
