package setup

import (
	"context"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

// CommunicationType is a way to reach contacts.
type CommunicationType struct{ api.CommunicationType }

// Mobile reports whether the type is one of mobile numbers, which only its name
// tells.
func (t CommunicationType) Mobile() bool { return t.Phone && IsMobile(t.Description) }

// IsMobile reports whether a type's name says mobile numbers: which types there
// are is the tenant's (connectwise.md §12).
func IsMobile(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "mobile") || strings.Contains(name, "cell")
}

// CommunicationTypes returns the ways to reach contacts that are in use.
func (t *Tables) CommunicationTypes(ctx context.Context) ([]CommunicationType, error) {
	return t.communicationTypes.Get(ctx, all{})
}

func (t *Tables) loadCommunicationTypes(ctx context.Context, _ all) ([]CommunicationType, error) {
	rows, _, err := listOr[api.CommunicationType](ctx, t.api, "company/communicationTypes", "company/communicationTypes/info")
	if err != nil {
		return nil, err
	}
	var types []CommunicationType
	for _, r := range rows {
		if !r.Disabled {
			types = append(types, CommunicationType{r})
		}
	}
	return types, nil
}
