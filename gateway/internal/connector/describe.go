package connector

import (
	"fmt"
	"slices"

	"github.com/deskgate/deskgate/pluginsdk/handshake"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// logLevelEnv asks a connector for the level that will be shown anyway.
func logLevelEnv(opts Options) string {
	level := opts.LogLevel
	if level == "" {
		level = opts.Logger.GetLevel().String()
	}
	return handshake.LogLevelKey + "=" + level
}

// describe turns what a connector says of itself into a Description, and
// refuses one that is not what its block says. The error follows on the
// connector's name.
func describe(spec Spec, said *connectorv1.DescribeResponse, hash string) (*Description, error) {
	if said.GetName() != spec.Name {
		return nil, fmt.Errorf("calls itself %q: rename the block to connector %q, or correct its source %s", said.GetName(), said.GetName(), spec.Source)
	}
	if spec.Version != "" && spec.Version != said.GetVersion() {
		return nil, fmt.Errorf("has version %q and its block asks for %q: install that version at %s, or correct the block", said.GetVersion(), spec.Version, spec.Source)
	}
	desc := &Description{
		Name: said.GetName(), Version: said.GetVersion(), Summary: said.GetSummary(), Setup: said.GetSetup(),
		Services:      slices.Sorted(slices.Values(said.GetServices())),
		Operations:    map[string]*connectorv1.OperationSupport{},
		Schema:        said.GetSchema(),
		ContractMinor: int(said.GetContractMinor()),
		SHA256:        hash,
	}
	if desc.Schema == nil {
		desc.Schema = &connectorv1.Schema{}
	}
	for _, op := range said.GetOperations() {
		desc.Operations[op.GetOperation()] = op
	}
	return desc, nil
}
