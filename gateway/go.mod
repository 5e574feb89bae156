module github.com/deskgate/deskgate/gateway

go 1.26.0

replace (
	github.com/deskgate/deskgate/pluginsdk => ../pluginsdk
	github.com/deskgate/deskgate/proto => ../proto
)
