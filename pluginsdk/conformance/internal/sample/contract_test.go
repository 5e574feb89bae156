package sample

import (
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	operationv1 "github.com/deskgate/deskgate/proto/deskgate/operation/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// writing are the operations of the contract that write.
func writing(t *testing.T) []string {
	t.Helper()
	var names []string
	protoregistry.GlobalFiles.RangeFilesByPackage(psav1.File_deskgate_psa_v1_ticket_proto.Package(), func(f protoreflect.FileDescriptor) bool {
		for s := range f.Services().Len() {
			methods := f.Services().Get(s).Methods()
			for m := range methods.Len() {
				o, _ := proto.GetExtension(methods.Get(m).Options(), operationv1.E_Operation).(*operationv1.Operation)
				if a := o.GetAccess(); a == operationv1.Access_WRITE || a == operationv1.Access_DELETE {
					names = append(names, o.GetName())
				}
			}
		}
		return true
	})
	if len(names) == 0 {
		t.Fatal("the contract has no operation that writes")
	}
	return names
}
