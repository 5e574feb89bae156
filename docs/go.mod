module github.com/deskgate/deskgate/docs

go 1.26.0
