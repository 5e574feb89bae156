// Package project serves projects with their phases and notes; their tickets
// are package ticket's (connectwise.md §7).
package project

import (
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/rest"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/plugins/connectwise/simulator/store"
)

const path = "/project/projects"

// Area is the project module's part of the API, its tickets apart.
func Area() rest.Area {
	under := func(name, table, label, right string, rules *rest.Rules) *rest.Resource {
		return &rest.Resource{
			Path: path + "/{id}/" + name, Table: table, Label: label, Right: right, Parent: store.Projects, ParentLabel: "Project", Rules: rules,
		}
	}
	return rest.Area{Resources: []*rest.Resource{
		{Path: path, Table: store.Projects, Label: "Project", Right: seed.ProjectHeaders, Rules: projectRules},
		under("phases", store.Phases, "Project Phase", seed.ProjectHeaders, phaseRules),
		under("notes", store.ProjectNotes, "Project Note", seed.ProjectNotes, noteRules),
	}}
}

// projectRules: a project is on a board of projects.
var projectRules = &rest.Rules{
	Object: "project",
	ReadOnly: []string{
		"actualEnd", "actualHours", "actualStart", "closedFlag", "scheduledEnd", "scheduledHours", "scheduledStart", "percentComplete",
	},
	Defaults: func(c *rest.Call, w *rest.Change) {
		if w.IsNew() {
			w.New.Custom = map[int64]any{}
		}
		w.Default("status", c.DefaultOf(store.ProjectStatuses))
		for _, member := range []string{"billTime", "billExpenses", "billProducts"} {
			w.Default(member, "NoDefault")
		}
	},
	Check: func(c *rest.Call, w *rest.Change) *rest.Error {
		board, _ := c.World().Table(store.Boards).Get(w.New.Ref("board"))
		if !board.Flag("projectFlag") {
			return rest.InvalidObject("project", rest.NotFoundDetail("Project Board "+board.Text("name")+" not found", "board/id"))
		}
		return nil
	},
	Settle: func(c *rest.Call, w *rest.Change) {
		status, _ := c.World().Table(store.ProjectStatuses).Get(w.New.Ref("status"))
		w.New.Values["closedFlag"] = status.Flag("closedFlag")
		company, _ := c.World().Table(store.Companies).Get(w.New.Ref("company"))
		w.Default("site", company.Values["site"])
	},
	CheckDelete: func(c *rest.Call, r *store.Record) *rest.Error {
		if len(c.World().Table(store.Phases).Children(r.ID)) > 0 {
			return rest.Conflict("Project %d is in use and cannot be deleted.", r.ID)
		}
		return nil
	},
	Audit: &rest.Audit{Type: "Project", Subject: "Project", Members: []rest.Audited{
		{Member: "name", Caption: "Name", SubType: "Project"}, {Member: "status", Caption: "Status", SubType: "Status"},
		{Member: "manager", Caption: "Manager", SubType: "Member"},
	}},
}

var phaseRules = &rest.Rules{
	Object:   "projectPhase",
	ReadOnly: []string{"projectId", "actualHours", "actualStart", "actualEnd", "scheduledHours", "scheduledStart", "scheduledEnd"},
	Defaults: func(c *rest.Call, w *rest.Change) {
		project, _ := c.World().Table(store.Projects).Get(w.New.Parent)
		w.New.Values["projectId"] = w.New.Parent
		w.Default("board", project.Values["board"])
		w.Default("status", c.DefaultOf(store.PhaseStatuses))
		if w.IsNew() {
			w.New.Custom = map[int64]any{}
		}
	},
}

var noteRules = &rest.Rules{
	Object:   "projectNote",
	ReadOnly: []string{"projectId"},
	Defaults: func(_ *rest.Call, w *rest.Change) {
		w.New.Values["projectId"] = w.New.Parent
		w.Default("flagged", false)
	},
}
