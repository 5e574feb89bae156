module github.com/deskgate/deskgate/pluginsdk

go 1.26.0

replace github.com/deskgate/deskgate/proto => ../proto
