package rest

import (
	"fmt"
	"sync/atomic"
	"time"
)

// anyCodebase works whatever the current code base is (connectwise.md §1).
const anyCodebase = "v4_6_release/"

// upgradeEvery is how much simulated time passes between upgrades, each of
// which renames the code base; the old name then answers 404.
const upgradeEvery = 90 * 24 * time.Hour

// codebase counts the upgrades that were made by hand.
type codebase struct{ upgrades atomic.Int64 }

// Upgrade installs the next release at once, and returns the new name of the
// code base.
func (t *Tenant) Upgrade() string {
	t.codebase.upgrades.Add(1)
	return t.currentCodebase()
}

// codebases are those that have been in use since the start, the current one
// last.
func (t *Tenant) codebases() []string {
	passed := t.Setup.Clock.Now().Sub(t.Setup.Clock.Start())
	upgrades := int(passed/upgradeEvery) + int(t.codebase.upgrades.Load())
	var out []string
	for i := range upgrades + 1 {
		out = append(out, fmt.Sprintf("v%d_%d/", 2025+i/4, 1+i%4))
	}
	return out
}

func (t *Tenant) currentCodebase() string {
	all := t.codebases()
	return all[len(all)-1]
}
