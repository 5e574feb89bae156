package setup

import (
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
)

func TestProjectScheduleType(t *testing.T) {
	t.Parallel()
	of := func(id int, name, letter string, charge int) ScheduleType {
		kind := ScheduleType{api.ScheduleType{ID: id, Name: name, Identifier: letter}}
		if charge != 0 {
			kind.ChargeCode = &api.Ref{ID: charge}
		}
		return kind
	}
	sales, service := of(1, "Sales", "C", 0), of(ServiceTicketType, "Service", "S", 0)
	for name, test := range map[string]struct {
		types []ScheduleType
		want  int
	}{
		"the product's own":          {[]ScheduleType{sales, of(3, "Project", "P", 0), service}, 3},
		"renamed":                    {[]ScheduleType{sales, service, of(12, "Client projects", "J", 0)}, 12},
		"the letter decides":         {[]ScheduleType{of(7, "Project meeting", "M", 0), service, of(12, "Projects", "p", 0)}, 12},
		"time off is none":           {[]ScheduleType{service, of(9, "Project leave", "P", 5)}, 0},
		"the letter alone is none":   {[]ScheduleType{service, of(9, "Personal", "P", 0)}, 0},
		"nor is the service's":       {[]ScheduleType{of(ServiceTicketType, "Service and projects", "S", 0)}, 0},
		"a tenant that has no types": {nil, 0},
	} {
		if got := projectType(test.types); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}
