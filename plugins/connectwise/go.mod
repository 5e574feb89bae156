module github.com/deskgate/deskgate/plugins/connectwise

go 1.26.0

replace (
	github.com/deskgate/deskgate/pluginsdk => ../../pluginsdk
	github.com/deskgate/deskgate/proto => ../../proto
)
