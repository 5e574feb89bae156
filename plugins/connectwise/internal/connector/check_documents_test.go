package connector

import (
	"strings"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk"
)

func TestCheckLooksAtDocuments(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	if got, findings := levels(t, i); got["documents"] != pluginsdk.OK {
		t.Errorf("finding %+v", findings["documents"])
	}
	admin(t, sim, "POST", "faults", `{"match":{"path":"*/system/documents"},"fault":"status","status":403,"body":{"code":"Security","message":"You do not have security permission to perform this action."}}`, nil)
	if got, findings := levels(t, i); got["documents"] != pluginsdk.Warning || !strings.Contains(findings["documents"].Advice, "Manage Documents") {
		t.Errorf("finding %+v", findings["documents"])
	}
}
