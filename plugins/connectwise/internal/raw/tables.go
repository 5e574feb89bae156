package raw

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// ReasonSecurityTable is the reason of a call that is refused whatever the PSA
// would allow.
const ReasonSecurityTable = "SECURITY_TABLE"

// secretTables hold logins, keys and addresses with secrets in them, or make such.
// No raw call reads or writes them: whoever may call an API raw is not thereby the
// tenant's administrator.
var secretTables = []string{
	"system/apimembers",
	"system/members/*/tokens", // logs in as somebody (connectwise.md §2)
	"system/callbacks",        // the address of a listener holds its secret (connectwise.md §13)
	"system/authanvils",
	"system/integratorlogins",
	"system/ldapconfigurations",
	"system/ssoconfigurations",
	"system/emailconnectors",
	"system/googleemailsetup",
	"system/office365",
	"system/imaps",
	"system/managementnetworksecurities",
	"system/epayconfigurations",
	"system/quotelinksetup",
	"system/onpremisesearchsetting",
	"system/mycompany/reportingservices",
	"company/manageddevicesintegrations/*/logins",
	"company/portalconfigurations/*/passwordemailsetups",
	"company/contacts/requestpassword",
	"company/contacts/validateportalcredentials",
}

// rightsTables say who may do what, and what the PSA runs or trusts by itself. Raw
// calls read them and do not write them.
var rightsTables = []string{
	"system/members",
	"system/membertemplates",
	"system/myaccount",
	"system/mysecurity",
	"system/securityroles",
	"system/ssousers",
	"system/allowedorigins",
	"system/allowedfiletypes",
	"system/fileuploadsettings",
	"system/connectwisehostedsetups",
	"system/workflows",
	"system/workflowactions",
}

// secretWords mark the names under which bundles and reports know the secret
// tables; those names are not documented.
var secretWords = []string{
	"apimember", "callback", "authanvil", "login", "ldap", "sso", "emailconnector", "emailsetup", "imap",
	"networksecurit", "epay", "quotelink", "searchsetting", "reportingservice", "token", "password", "credential",
}

// checkTable refuses what no raw call may reach.
func checkTable(p checkedPath, writes bool, body *structpb.Value) error {
	refuse := func(why string) error {
		e := fault.New(fault.CodePermissionDenied, "/"+p.path+" "+why)
		e.Reason = ReasonSecurityTable
		e.Violations = []fault.Violation{{Field: "path", Message: e.Message}}
		return e
	}
	switch {
	case slices.ContainsFunc(secretTables, p.under):
		return refuse("holds logins or secrets of the tenant: no raw call reaches it")
	case p.under("system/reports/*") && secret(p.segments[2]):
		return refuse("reports on logins or secrets of the tenant: no raw call reaches it")
	case writes && slices.ContainsFunc(rightsTables, p.under):
		return refuse("rules who may do what at ConnectWise: raw calls read it and do not write it")
	case p.under("system/bundles") && bundlesSecrets(body):
		return refuse("asks for logins or secrets of the tenant: no raw call reaches them")
	}
	return nil
}

// bundlesSecrets reports whether a body asks for a secret table among others.
func bundlesSecrets(body *structpb.Value) bool {
	for _, list := range members(body, "requests") {
		for _, request := range list.GetListValue().GetValues() {
			for _, named := range members(request, "resourcetype") {
				if secret(named.GetStringValue()) {
					return true
				}
			}
		}
	}
	return false
}

// members are the members of an object of a name in any case, as the server takes
// them.
func members(object *structpb.Value, name string) []*structpb.Value {
	var found []*structpb.Value
	for key, v := range object.GetStructValue().GetFields() {
		if strings.EqualFold(key, name) {
			found = append(found, v)
		}
	}
	return found
}

func secret(name string) bool {
	bare := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(name))
	for _, word := range secretWords {
		if strings.Contains(bare, word) {
			return true
		}
	}
	return false
}
