package ticket

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// queue moves the ticket to a board. Status, type and team belong to a board, so
// that those of the new one go with it in the same request (connectwise.md §7).
func (d *ticketDraft) queue(ctx context.Context) error {
	if err := d.Stays("queue"); err != nil {
		return err
	}
	board, err := d.Account.Tables.PickBoard(ctx, "queue", mapping.Kind(d.list), catalogue.Named(d.Input.GetQueue()))
	if err != nil {
		return err
	}
	moves := d.current != nil && board.ID != api.IDOf(d.current.Board)
	d.board = board
	d.Refer("queue", "board", board.ID, board.Name, d.Asked.SetQueue)
	if !moves {
		return nil
	}
	if !d.Has("status") {
		if err := d.carryStatus(ctx); err != nil {
			return err
		}
	}
	if err := d.carryClass(ctx); err != nil {
		return err
	}
	return d.carryTeam(ctx)
}

// carryStatus finds the status of the new board that means what the old one
// meant: the one of the same name, or else of the same category.
func (d *ticketDraft) carryStatus(ctx context.Context) error {
	if d.current.Status == nil {
		return nil
	}
	set, err := d.Account.Tables.Statuses(ctx, d.board.ID)
	if err != nil {
		return err
	}
	status, ok := sameName(set.Values, d.current.Status)
	if !ok {
		category := psav1.Category_IN_PROGRESS
		if old, ok := d.Account.Tables.Status(ctx, api.IDOf(d.current.Board), d.current.Status.ID); ok {
			category = old.Category
		}
		if status, err = d.Account.Tables.PickCategory(ctx, d.board, "status", category); err != nil {
			return err
		}
	}
	d.Fill("status", "status", api.ID{ID: status.ID})
	return nil
}

// carryClass keeps type, subtype and item where the new board has them by the
// same names, and clears them where it has not.
func (d *ticketDraft) carryClass(ctx context.Context) error {
	d.typeID, d.subtypeID = 0, 0
	if d.Has("type") {
		return nil
	}
	classes, err := d.Account.Tables.Classes(ctx, d.board.ID)
	if err != nil {
		return err
	}
	carry := func(field, name string, among []setup.Class, old *api.Ref) int {
		if d.Has(field) || old == nil {
			return 0
		}
		class, ok := sameName(among, old)
		if !ok {
			d.Drop(field, name, fmt.Sprintf("the queue that the ticket moves to has no %s %q", field, old.Name))
			return 0
		}
		d.Fill(field, name, api.ID{ID: class.ID})
		return class.ID
	}
	d.typeID = carry("type", "type", classes.Types.Values, d.current.Type)
	d.subtypeID = carry("subtype", "subType", classes.SubtypesOf(d.typeID), d.current.SubType)
	carry("item", "item", classes.ItemsOf(d.typeID, d.subtypeID), d.current.Item)
	return nil
}

// sameName returns the active value that has the name of another one.
func sameName[T catalogue.Value](among []T, old *api.Ref) (found T, ok bool) {
	for _, v := range among {
		if e := v.Entry(); !e.Inactive && strings.EqualFold(e.Name, old.Name) {
			return v, true
		}
	}
	return found, false
}

// carryTeam takes the new board's team of the same name, or its default.
func (d *ticketDraft) carryTeam(ctx context.Context) error {
	if d.current.Team == nil || d.Has(`custom_fields["vendor.team"]`) {
		return nil
	}
	teams, err := d.Account.Tables.Teams(ctx, d.board.ID)
	if err != nil {
		return err
	}
	var value any
	for _, team := range teams.Values {
		if team.Default && value == nil {
			value = api.ID{ID: team.ID}
		}
		if strings.EqualFold(team.Name, d.current.Team.Name) {
			value = api.ID{ID: team.ID}
			break
		}
	}
	if value == nil {
		d.Drop(`custom_fields["vendor.team"]`, "team", fmt.Sprintf("the queue that the ticket moves to has no team %q and no default one", d.current.Team.Name))
		return nil
	}
	d.Fill(`custom_fields["vendor.team"]`, "team", value)
	return nil
}

func (d *ticketDraft) status(ctx context.Context) error {
	if err := d.Stays("status"); err != nil {
		return err
	}
	asked := d.Input.GetStatus()
	if d.board.ID == 0 {
		return fault.InvalidArgument("status", "statuses belong to queues: give the queue too, or set a default queue for the connection")
	}
	if !asked.HasId() && !asked.HasName() && d.holdsCategory(ctx, asked.GetCategory()) {
		return nil
	}
	status, err := d.pickStatus(ctx, asked)
	if err != nil {
		return err
	}
	d.Asked.SetStatus(psav1.Status_builder{Id: new(strconv.Itoa(status.ID)), Name: new(status.Name)}.Build())
	d.Set("status", "status", api.ID{ID: status.ID})
	return nil
}

// holdsCategory reports whether the ticket stays where it is and has a status of
// the category: any such status is as good as asked.
func (d *ticketDraft) holdsCategory(ctx context.Context, category psav1.Category_V) bool {
	if d.current == nil || d.current.Status == nil || api.IDOf(d.current.Board) != d.board.ID {
		return false
	}
	now, ok := d.Account.Tables.Status(ctx, d.board.ID, d.current.Status.ID)
	return ok && now.Category == category
}

func (d *ticketDraft) pickStatus(ctx context.Context, asked *psav1.Status) (setup.Status, error) {
	if !asked.HasId() && !asked.HasName() {
		return d.Account.Tables.PickCategory(ctx, d.board, "status", asked.GetCategory())
	}
	status, err := d.Account.Tables.PickStatus(ctx, d.board, "status", catalogue.Named(asked))
	if err == nil && asked.HasCategory() && asked.GetCategory() != status.Category {
		err = catalogue.Contradiction("status", fmt.Sprintf("the status %q is of the category %s", status.Name, status.Category), fmt.Sprintf("the category says %s", asked.GetCategory()))
	}
	return status, err
}

// classType sets the type. A subtype and item below the old one fall with it.
func (d *ticketDraft) classType(ctx context.Context) error {
	if d.Clears("type") {
		d.typeID, d.subtypeID = 0, 0
		d.Set("type", "type", nil)
		d.dropBelow()
		return nil
	}
	class, err := d.pickBelowQueue("type", func() (setup.Class, error) {
		return d.Account.Tables.PickType(ctx, d.board, catalogue.Named(d.Input.GetType()))
	})
	if err != nil {
		return err
	}
	changed := class.ID != d.typeID
	d.typeID = class.ID
	d.Refer("type", "type", class.ID, class.Name, d.Asked.SetType)
	if changed {
		d.subtypeID = 0
		d.dropBelow()
	}
	return nil
}

// dropBelow clears what hangs below a type that changes, unless the request says
// what comes there.
func (d *ticketDraft) dropBelow() {
	if d.current == nil {
		return
	}
	if d.current.SubType != nil && !d.Has("subtype") {
		d.Drop("subtype", "subType", "the subtype hangs below the type that changes")
	}
	if d.current.Item != nil && !d.Has("item") {
		d.Drop("item", "item", "the item hangs below the type that changes")
	}
}

func (d *ticketDraft) subtype(ctx context.Context) error {
	if d.Clears("subtype") {
		d.subtypeID = 0
		d.Set("subtype", "subType", nil)
		if d.current != nil && d.current.Item != nil && !d.Has("item") {
			d.Drop("item", "item", "the item hangs below the subtype that is cleared")
		}
		return nil
	}
	if d.typeID == 0 {
		return fault.InvalidArgument("subtype", "a subtype hangs below a type: give the type too")
	}
	class, err := d.pickBelowQueue("subtype", func() (setup.Class, error) {
		return d.Account.Tables.PickSubtype(ctx, d.board, d.typeID, catalogue.Named(d.Input.GetSubtype()))
	})
	if err != nil {
		return err
	}
	d.subtypeID = class.ID
	d.Refer("subtype", "subType", class.ID, class.Name, d.Asked.SetSubtype)
	return nil
}

func (d *ticketDraft) item(ctx context.Context) error {
	if d.Clears("item") {
		d.Set("item", "item", nil)
		return nil
	}
	if d.typeID == 0 || d.subtypeID == 0 {
		return fault.InvalidArgument("item", "an item hangs below a type and a subtype: give these too")
	}
	class, err := d.pickBelowQueue("item", func() (setup.Class, error) {
		return d.Account.Tables.PickItem(ctx, d.board, d.typeID, d.subtypeID, catalogue.Named(d.Input.GetItem()))
	})
	if err != nil {
		return err
	}
	d.Refer("item", "item", class.ID, class.Name, d.Asked.SetItem)
	return nil
}

func (d *ticketDraft) pickBelowQueue(field string, pick func() (setup.Class, error)) (setup.Class, error) {
	if d.board.ID == 0 {
		return setup.Class{}, fault.InvalidArgument(field, "types belong to queues: give the queue too, or set a default queue for the connection")
	}
	return pick()
}
