package pluginsdk

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/schema"
)

func TestCommonConfig(t *testing.T) {
	t.Parallel()
	var got CommonConfig
	err := schema.Decode([]byte(`{"agent_resource":"dana","rate_limit":"100/minute",
		"status_categories":{"Desk/On hold":"WAITING_OTHER"},"priority_levels":{"P1":"1"},
		"defaults":{"ticket":{"queue":"Desk","due_in":"8h"},"configuration":{"type":"Server"}}}`), &got)
	want := CommonConfig{
		AgentResource: "dana", RateLimit: "100/minute",
		StatusCategories: map[string]string{"Desk/On hold": "WAITING_OTHER"}, PriorityLevels: map[string]string{"P1": "1"},
		Defaults: Defaults{
			Ticket:        TicketDefaults{Queue: "Desk", DueIn: 8 * time.Hour},
			Configuration: ConfigurationDefaults{Type: "Server"},
		},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if err := schema.Decode([]byte(`{}`), &got); err != nil || got.RateLimit != "vendor" {
		t.Errorf("nothing given: %+v, %v", got, err)
	}
}

func TestCommonConfigSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	var into CommonConfig
	err := schema.Decode([]byte(`{"rate_limit":"often",
		"status_categories":{"Done":"DONE","New":"NEW","Old":"UNSPECIFIED"},"priority_levels":{"P1":"0","P2":"high"},
		"defaults":{"ticket":{"due_in":"soon"}}}`), &into)
	var got []string
	for _, v := range fault.From(err).Violations {
		got = append(got, v.Field)
	}
	want := []string{"defaults.ticket.due_in", "rate_limit", "status_categories", "status_categories", "priority_levels", "priority_levels"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}
