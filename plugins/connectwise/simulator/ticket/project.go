package ticket

import (
	"fmt"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

// projectRules are those of project tickets: the project follows from the
// phase, company and board from the project.
var projectRules = &rest.Rules{
	Object:        "projectTicket",
	ReadOnly:      append([]string{"tasks"}, readOnly...),
	Transient:     transient,
	RequiredOnPut: []string{"board", "status", "priority"},
	Board:         projectBoard,
	Defaults:      projectDefaults,
	Complete:      completeProject,
	Check:         projectKind.check,
	Settle:        settle,
	Saved:         saved,
	Deleted:       deleted,
	Audit:         &rest.Audit{Type: projectKind.audit, Subject: "Project Ticket", Members: audited},
}

// projectOf is the project that a phase belongs to.
func projectOf(c *rest.Call, phase int64) (*store.Record, bool) {
	p, ok := c.World().Table(store.Phases).Get(phase)
	if !ok {
		return nil, false
	}
	return c.World().Table(store.Projects).Get(p.Parent)
}

func projectBoard(c *rest.Call, w *rest.Change) int64 {
	if board := w.New.Ref("board"); board != 0 {
		return board
	}
	project, ok := projectOf(c, w.New.Ref("phase"))
	if !ok {
		return 0
	}
	return project.Ref("board")
}

func projectDefaults(c *rest.Call, w *rest.Change) {
	settleDefaults(c, w)
	if w.IsNew() {
		w.New.Custom = c.EmptyCustom(seed.ProjectPod)
		w.New.Values["tasks"] = []any{}
	}
	w.Default("isIssueFlag", false)
	w.New.Values["recordType"] = Project
	if w.New.Flag("isIssueFlag") {
		w.New.Values["recordType"] = Issue
	}
}

func completeProject(c *rest.Call, w *rest.Change) {
	phase := w.New.Ref("phase")
	project, ok := projectOf(c, phase)
	if !ok {
		return
	}
	w.New.Values["project"] = store.Ref(project.ID)
	w.Default("board", project.Values["board"])
	w.Default("company", project.Values["company"])
	w.Default("wbsCode", nextWBS(c, phase))
}

// nextWBS numbers a ticket within its phase: 2.3 is the third of the second.
func nextWBS(c *rest.Call, phase int64) string {
	record, _ := c.World().Table(store.Phases).Get(phase)
	n := 1
	for _, t := range c.World().Table(store.Tickets).All() {
		if t.Ref("phase") == phase {
			n++
		}
	}
	return fmt.Sprintf("%s.%d", record.Text("wbsCode"), n)
}
