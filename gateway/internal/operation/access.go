package operation

import operationv1 "github.com/deskgate/deskgate/proto/deskgate/operation/v1"

// Access is the level of a grant; each level contains the ones before it. The
// numbers are the contract's.
type Access int32

// The levels.
const (
	None   = Access(operationv1.Access_NONE)
	Read   = Access(operationv1.Access_READ)
	Write  = Access(operationv1.Access_WRITE)
	Delete = Access(operationv1.Access_DELETE)
)

var accessNames = map[Access]string{None: "none", Read: "read", Write: "write", Delete: "delete"}

// String is the level as the configuration spells it.
func (a Access) String() string { return accessNames[a] }

// ParseAccess reads a level as the configuration spells it.
func ParseAccess(s string) (Access, bool) {
	for a, name := range accessNames {
		if name == s {
			return a, true
		}
	}
	return 0, false
}

// Grant is an area and level that an operation needs besides its own.
type Grant struct {
	Area   string
	Access Access
	// When is CEL over `request` and `current`; empty means always.
	When string
}

// Effect is something that an operation can do beyond changing the record.
type Effect struct {
	Kind EffectKind
	// When is CEL as in Grant.
	When string
}

// EffectKind is an effect. The numbers are the contract's.
type EffectKind int32

// String is the effect's name in the API.
func (k EffectKind) String() string { return operationv1.Effect_Kind_V(k).String() }

// Idempotency says what a repeated request does. The numbers are the contract's.
type Idempotency int32

// String is the kind's name in the API.
func (i Idempotency) String() string { return operationv1.Idempotency_V(i).String() }
