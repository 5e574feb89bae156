// Package contract holds the descriptors of the whole contract with their
// comments, which generated Go code drops: documentation is made from them.
package contract

import (
	_ "embed"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

//go:embed contract.binpb
var image []byte

// Files returns the contract's files, the third-party ones they import included.
// Their options are resolved against the generated extensions, so the caller
// has to import the generated packages whose options it reads.
func Files() (*protoregistry.Files, error) {
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(image, &set); err != nil {
		return nil, fmt.Errorf("the embedded contract is damaged: %w", err)
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		return nil, fmt.Errorf("the embedded contract does not link: %w", err)
	}
	return files, nil
}
