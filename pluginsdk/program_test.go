package pluginsdk

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// half has one of the two methods of TicketReader, the other with a wrong
// result, and all of CompanyReader.
type half struct{}

func (half) ListTickets(context.Context, *psav1.ListTicketsRequest) (*psav1.ListTicketsResponse, error) {
	return &psav1.ListTicketsResponse{}, nil
}

func (half) GetTicket(context.Context, *psav1.GetTicketRequest) error { return nil }

func (half) ListCompanies(context.Context, *psav1.ListCompaniesRequest) (*psav1.ListCompaniesResponse, error) {
	return &psav1.ListCompaniesResponse{}, nil
}

func (half) GetCompany(context.Context, *psav1.GetCompanyRequest) (*psav1.GetCompanyResponse, error) {
	return &psav1.GetCompanyResponse{}, nil
}

func (half) ListSites(context.Context, *psav1.ListSitesRequest) (*psav1.ListSitesResponse, error) {
	return &psav1.ListSitesResponse{}, nil
}

func TestHalfImplementedServiceIsNotServed(t *testing.T) {
	t.Parallel()
	for name, typ := range map[string]reflect.Type{
		"a struct":  reflect.TypeFor[half](),
		"a pointer": reflect.TypeFor[*half](),
		"an interface": reflect.TypeFor[interface {
			psav1.CompanyReaderServer
			ListTickets(context.Context, *psav1.ListTicketsRequest) (*psav1.ListTicketsResponse, error)
			GetTicket(context.Context, *psav1.GetTicketRequest) error
		}](),
	} {
		whole, partial := served(typ)
		if len(whole) != 1 || whole[0].ServiceName != "deskgate.psa.v1.CompanyReader" {
			t.Errorf("%s: served are %v", name, whole)
		}
		if len(partial) != 1 || !strings.HasPrefix(partial[0], "deskgate.psa.v1.TicketReader is not served: ") ||
			!strings.HasSuffix(partial[0], "lacks GetTicket (it has other parameters or results)") {
			t.Errorf("%s: the warning is %q", name, partial)
		}
	}
}

func TestCapabilitiesAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	var want, got []string
	protoregistry.GlobalFiles.RangeFilesByPackage("deskgate.psa.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			want = append(want, string(file.Services().Get(i).FullName()))
		}
		return true
	})
	for _, desc := range capabilities {
		got = append(got, desc.ServiceName)
		if slices.ContainsFunc(operations(desc), func(name string) bool { return !strings.Contains(name, ".") }) {
			t.Errorf("%s has methods that are no operations: %v", desc.ServiceName, operations(desc))
		}
	}
	slices.Sort(want)
	if !slices.Equal(want, got) {
		t.Errorf("the table has\n%v and the contract\n%v", got, want)
	}
}

func TestDescribeRefusesMistakes(t *testing.T) {
	t.Parallel()
	wrong := demoConnector(nil)
	wrong.Name, wrong.Summary, wrong.Connect = "Demo", "", nil
	wrong.Operations = []OperationSupport{{Operation: "tickets.merge"}, {Operation: "tickets.list"}, {Operation: "tickets.list"}}
	_, err := wrong.Describe()
	for _, want := range []string{`the name "Demo"`, "summary", "no Connect", `"tickets.merge" in Operations is none`, `"tickets.list" stands in Operations twice`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	none := Connector[demoConfig, int]{Name: "none", Summary: "x", Connect: func(context.Context, Env, demoConfig) (int, error) { return 0, nil }}
	if _, err := none.Describe(); err == nil || !strings.Contains(err.Error(), "implements none of the services") {
		t.Errorf("an instance without services: %v", err)
	}
	type untagged struct{ Site string }
	tags := Connector[untagged, *demo]{Name: "tags", Summary: "x", Connect: func(context.Context, Env, untagged) (*demo, error) { return nil, nil }}
	if _, err := tags.Describe(); err == nil || !strings.Contains(err.Error(), "has no hcl tag") {
		t.Errorf("a configuration without tags: %v", err)
	}
	unnamed := demoConnector(nil)
	unnamed.Version = ""
	if d, err := unnamed.Describe(); err != nil || d.GetVersion() == "" {
		t.Errorf("without a version: %v, %v", d, err)
	}
}
