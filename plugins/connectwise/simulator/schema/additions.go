package schema

// additions are types whose endpoints the vendor has but whose schema the
// reconstructed document lost.
var additions = []*Type{
	// The members of a board that an "info" variant keeps; the endpoint is
	// named in connectwise.md §2, its members are inferred from other variants.
	{Name: "BoardInfo", Members: []*Member{
		{Name: "id", Kind: Integer},
		{Name: "name", Kind: String, MaxLength: 50},
		{Name: "location", Kind: Object, Ref: "SystemLocationReference"},
		{Name: "department", Kind: Object, Ref: "SystemDepartmentReference"},
		{Name: "inactiveFlag", Kind: Boolean},
		{Name: "projectFlag", Kind: Boolean},
		{Name: "_info", Kind: Info},
	}},
}
