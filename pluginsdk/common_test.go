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
		"customer_notification":"time_entry",
		"defaults":{"ticket":{"queue":"Desk","due_in":"8h"},"configuration":{"type":"Server"},"time":{"work_type":"Remote","work_role":"7"}}}`), &got)
	want := CommonConfig{
		AgentResource: "dana", RateLimit: "100/minute",
		StatusCategories: map[string]string{"Desk/On hold": "WAITING_OTHER"}, PriorityLevels: map[string]string{"P1": "1"},
		CustomerNotification: MailByTimeEntry,
		Defaults: Defaults{
			Ticket:        TicketDefaults{Queue: "Desk", DueIn: 8 * time.Hour},
			Configuration: ConfigurationDefaults{Type: "Server"},
			Time:          TimeDefaults{WorkType: "Remote", WorkRole: "7"},
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
		"customer_notification":"pigeon","defaults":{"ticket":{"due_in":"soon"}}}`), &into)
	var got []string
	for _, v := range fault.From(err).Violations {
		got = append(got, v.Field)
	}
	want := []string{"customer_notification", "defaults.ticket.due_in", "rate_limit", `status_categories["Done"]`, `status_categories["Old"]`,
		`priority_levels["P1"]`, `priority_levels["P2"]`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}
