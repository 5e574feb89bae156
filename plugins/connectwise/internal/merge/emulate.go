package merge

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/account"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/attachment"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/lost"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/note"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// maxCC is how long the list of copied addresses can be (connectwise.md §7).
const maxCC = 1000

// emulation merges tickets of projects, which ConnectWise does not: what was on a
// duplicate is told and copied to the survivor, and the duplicate is closed and
// marked last, with one write.
type emulation struct {
	*Service
	p     *plan
	carry *psav1.Carry
	quiet bool // ConnectWise is to run no notifications for the closing

	notes     []*psav1.Note  // of the survivor
	documents []api.Document // of the survivor
	cc        []string       // who is copied on the survivor
	jobs      map[int]*job   // by the index of the duplicate
}

// job is what is to be done for one duplicate.
type job struct {
	digest []string
	marked string // the note that says where to go on, which a merge before this wrote
	copies []api.Document
	people []string
	lost   []string
}

// prepare reads everything that the writes need, so that nothing is begun that
// could not be known to fail.
func (e *emulation) prepare(ctx context.Context) error {
	survivor := &e.p.survivor.Record
	var err error
	if e.notes, err = note.All(ctx, e.account, survivor.ID); err != nil {
		return err
	}
	if e.copies() {
		if e.documents, err = attachment.Of(ctx, e.account, survivor.ID); err != nil {
			return err
		}
	}
	e.cc, e.jobs = mapping.Addresses(survivor.CC), map[int]*job{}
	for _, g := range e.p.groups {
		for _, n := range g.of {
			if e.jobs[n], err = e.job(ctx, &e.p.duplicates[n].row.Record); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *emulation) copies() bool { return e.carry.GetAttachments() != psav1.Carry_Attachments_NONE }

func (e *emulation) job(ctx context.Context, d *api.Ticket) (*job, error) {
	j := &job{}
	notes, err := note.All(ctx, e.account, d.ID)
	if err != nil {
		return nil, err
	}
	mark := func(body string) bool { return strings.HasPrefix(body, closingMark(e.p.survivor.Record.ID)) }
	if j.marked = e.internal(notes, mark); j.marked != "" {
		notes = slices.DeleteFunc(notes, func(n *psav1.Note) bool { return n.GetId() == j.marked })
	}
	timed := func(n *psav1.Note) bool { return n.GetOrigin() == psav1.Origin_TIME_ENTRY }
	if d.ActualHours != nil && *d.ActualHours > 0 || slices.ContainsFunc(notes, timed) {
		j.lost = append(j.lost, "time_entries")
	}
	if e.carry.GetNotes() != psav1.Carry_Notes_NONE {
		j.digest = digest(mapping.Ticket(d, e.p.names), notes)
	} else if len(notes) > 0 {
		j.lost = append(j.lost, "notes")
	}
	documents, err := attachment.Of(ctx, e.account, d.ID)
	if err != nil && (e.copies() || fault.CodeOf(err) != fault.CodePermissionDenied) {
		return nil, err
	}
	for _, document := range documents {
		if e.copies() && attachment.Copyable(&document) {
			j.copies = append(j.copies, document)
		} else if !slices.Contains(j.lost, "attachments") {
			j.lost = append(j.lost, "attachments")
		}
	}
	if e.carry.GetPeople() {
		for _, address := range append([]string{d.ContactEmail}, mapping.Addresses(d.CC)...) {
			// The survivor's own contact gets its mail anyway.
			if address != "" && !containsFold(slices.Concat(e.cc, j.people, []string{e.p.survivor.Record.ContactEmail}), address) {
				j.people = append(j.people, address)
			}
		}
	}
	return j, nil
}

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(in string) bool { return strings.EqualFold(in, s) })
}

// merge does the job of one duplicate. If a step fails, what the steps before it
// made is taken back; where the last may have been done, nothing is.
func (e *emulation) merge(ctx context.Context, n int, status int) (*trail, error) {
	t, j := &trail{}, e.jobs[n]
	d := &e.p.duplicates[n].row.Record
	steps := []func() (string, error){
		func() (string, error) { return e.tell(ctx, t, j) },
		func() (string, error) { return e.copy(ctx, t, j) },
		func() (string, error) { return e.copyPeople(ctx, t, j) },
		func() (string, error) { return e.mark(ctx, t, j, d) },
	}
	for _, step := range steps {
		if name, err := step(); err != nil {
			t.failed(name, err)
			return t, t.takeBack(ctx, e.account, err)
		}
	}
	err := e.close(ctx, d, status)
	switch {
	case err == nil, fault.CodeOf(err) == fault.CodeOutcomeUnknown && e.allMerged(ctx, e.p, []int{d.ID}):
		t.done("close", strconv.Itoa(d.ID))
		return t, nil
	case lost.MayBeDone(err):
		t.failed("close", err)
		return t, err
	default:
		t.failed("close", err)
		return t, t.takeBack(ctx, e.account, err)
	}
}

// tell writes the digest on the survivor, for technicians alone: a note for the
// customer would mail what was said long ago.
func (e *emulation) tell(ctx context.Context, t *trail, j *job) (string, error) {
	survivor := &e.p.survivor.Record
	for n, text := range j.digest {
		name := "digest"
		if len(j.digest) > 1 {
			name = fmt.Sprintf("digest %d of %d", n+1, len(j.digest))
		}
		begun := func(body string) bool { return firstLine(body) == firstLine(text) }
		if there := e.internal(e.notes, begun); there != "" {
			t.skipped(name, there)
			continue
		}
		made, err := note.Post(ctx, e.account, "write the digest", survivor.List, survivor.ID, note.Internal(text))
		if err != nil {
			return name, err
		}
		t.made(name, strconv.Itoa(made.ID), fmt.Sprintf("%s/%d", survivor.List.Notes(survivor.ID), made.ID))
	}
	return "", nil
}

// internal finds an internal note of the agent resource, which a merge before this
// wrote: its id, or "".
func (e *emulation) internal(notes []*psav1.Note, is func(body string) bool) string {
	for _, n := range notes {
		if n.GetVisibility() == psav1.Visibility_INTERNAL && is(n.GetBody()) && n.GetAuthor().GetId() == strconv.Itoa(e.account.Agent.ID) {
			return n.GetId()
		}
	}
	return ""
}

// copy copies the attachments; those that the survivor has already are left out.
func (e *emulation) copy(ctx context.Context, t *trail, j *job) (string, error) {
	for _, document := range j.copies {
		name := "attachment " + document.Title
		same := func(d api.Document) bool {
			return d.Title == document.Title && d.FileName == document.FileName && d.IsLink() == document.IsLink() && sizeOf(d) == sizeOf(document)
		}
		if at := slices.IndexFunc(e.documents, same); at >= 0 {
			t.skipped(name, strconv.Itoa(e.documents[at].ID))
			continue
		}
		made, err := attachment.Copy(ctx, e.account, &document, &e.p.survivor.Record)
		if err != nil {
			return name, err
		}
		t.made(name, strconv.Itoa(made.ID), api.DocumentPath(made.ID))
	}
	return "", nil
}

func sizeOf(d api.Document) int64 {
	if d.Size == nil {
		return -1
	}
	return *d.Size
}

// copyPeople copies the duplicate's people on the survivor's mail. It tells nobody
// of that.
func (e *emulation) copyPeople(ctx context.Context, t *trail, j *job) (string, error) {
	const name = "people"
	// Another duplicate of this merge can have brought the same people.
	people := slices.DeleteFunc(slices.Clone(j.people), func(address string) bool { return containsFold(e.cc, address) })
	if len(people) == 0 {
		return name, nil
	}
	survivor := &e.p.survivor.Record
	cc := strings.Join(slices.Concat(e.cc, people), ";")
	if len(cc) > maxCC {
		return name, fault.FailedPrecondition("TOO_LONG", fmt.Sprintf("ConnectWise copies a ticket to %d characters of addresses at most, and with those of the duplicate there would be %d; merge without carry.people", maxCC, len(cc)))
	}
	ops := []api.Op{api.Replace("automaticEmailCc", cc), api.Replace("processNotifications", false)}
	if err := account.Planned(e.account.API.Patch(ctx, "copy the people", survivor.List.One(survivor.ID), ops, nil)); err != nil {
		return name, err
	}
	e.cc = append(e.cc, people...)
	t.done(name, strconv.Itoa(survivor.ID))
	return name, nil
}

// mark writes on the duplicate where to go on.
func (e *emulation) mark(ctx context.Context, t *trail, j *job, d *api.Ticket) (string, error) {
	const name = "mark"
	if j.marked != "" {
		t.skipped(name, j.marked)
		return name, nil
	}
	text := closing(e.p.survivor.Record.ID, e.account.Now())
	made, err := note.Post(ctx, e.account, "write where to go on", d.List, d.ID, note.Internal(text))
	if err != nil {
		return name, err
	}
	t.made(name, strconv.Itoa(made.ID), fmt.Sprintf("%s/%d", d.List.Notes(d.ID), made.ID))
	return name, nil
}

// close closes the duplicate and writes into it what it was merged into, both at
// once. All custom fields are sent, since it is contested what becomes of those
// left out (connectwise.md §8).
func (e *emulation) close(ctx context.Context, d *api.Ticket, status int) error {
	type value struct {
		ID    int `json:"id"`
		Value any `json:"value"`
	}
	fields := []value{}
	for _, f := range d.CustomFields {
		if f.ID != e.account.MergeField.ID && len(f.Value) > 0 {
			fields = append(fields, value{f.ID, f.Value})
		}
	}
	fields = append(fields, value{e.account.MergeField.ID, e.account.MergedInto(e.p.survivor.Record.ID)})
	ops := []api.Op{api.Replace("status", api.ID{ID: status}), api.Replace("customFields", fields)}
	if e.quiet {
		ops = append(ops, api.Replace("processNotifications", false))
	}
	return account.Planned(e.account.API.Patch(ctx, "close the duplicate", d.List.One(d.ID), ops, nil))
}
