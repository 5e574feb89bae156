package setup

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// Member is a technician.
type Member struct{ api.Member }

// Entry makes a member findable by the full name and the login name.
func (m Member) Entry() catalogue.Entry {
	return catalogue.Entry{ID: id(m.ID), Name: m.FullName(), Also: []string{m.Identifier}, Inactive: m.Inactive}
}

// Members is the technicians, API accounts included.
type Members struct {
	Set[Member]
	byLogin map[string]Member
}

// ByLogin returns the member of a login name, which is how the vendor names
// people in texts.
func (m Members) ByLogin(name string) (Member, bool) {
	found, ok := m.byLogin[strings.ToLower(strings.TrimSpace(name))]
	return found, ok
}

// Members returns the technicians.
func (t *Tables) Members(ctx context.Context) (Members, error) {
	return t.members.Get(ctx, all{})
}

// Member returns the member of an id.
func (t *Tables) Member(ctx context.Context, memberID int) (Member, bool) {
	var found Member
	err := t.members.Find(ctx, all{}, func(m Members) error {
		v, ok := m.ByID(memberID)
		if !ok {
			return catalogue.ErrUnknown
		}
		found = v
		return nil
	})
	return found, err == nil
}

// PickMember finds the technician that a write names: by id, full name or login.
func (t *Tables) PickMember(ctx context.Context, field string, ref catalogue.Reference) (Member, error) {
	var found Member
	err := t.members.Find(ctx, all{}, func(m Members) error {
		v, err := catalogue.List[Member]{What: "technician", Values: m.Values}.Pick(field, ref)
		found = v
		return err
	})
	return found, err
}

// PickTechnician finds the technician whom a write gives work to: as PickMember
// does, without the accounts for programs, which do none.
func (t *Tables) PickTechnician(ctx context.Context, field string, ref catalogue.Reference) (Member, error) {
	var found Member
	err := t.members.Find(ctx, all{}, func(m Members) error {
		var people []Member
		for _, v := range m.Values {
			switch {
			case !v.APIOnly():
				people = append(people, v)
			case ref.ID != "" && ref.ID == strconv.Itoa(v.ID):
				return fault.InvalidArgument(field+".id", fmt.Sprintf("%s is an account for programs, and no technician", v.FullName()))
			}
		}
		v, err := catalogue.List[Member]{What: "technician", Values: people}.Pick(field, ref)
		found = v
		return err
	})
	return found, err
}

// FilterMembers finds the technicians that a filter means: by full name, login or
// id.
func (t *Tables) FilterMembers(ctx context.Context, field string, texts []string) ([]int, error) {
	var ids []int
	err := t.members.Find(ctx, all{}, func(m Members) error {
		var err error
		ids, err = filterIDs(catalogue.List[Member]{What: "technician", Values: m.Values}, field, texts)
		return err
	})
	return ids, err
}

func (t *Tables) loadMembers(ctx context.Context, _ all) (Members, error) {
	rows, _, err := listOr[api.Member](ctx, t.api, "system/members", "system/info/members")
	if err != nil {
		return Members{}, err
	}
	members := make([]Member, len(rows))
	byLogin := make(map[string]Member, len(rows))
	for i, r := range rows {
		members[i] = Member{r}
		byLogin[strings.ToLower(r.Identifier)] = members[i]
	}
	return Members{Set: newSet(members), byLogin: byLogin}, nil
}
