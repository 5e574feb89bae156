# Everything a developer needs. The two that matter: `make run` and `make test`.

MODULES    := proto pluginsdk docs gateway plugins/connectwise
CONNECTORS := connectwise

BUF      := go run github.com/bufbuild/buf/cmd/buf@v1.75.0
GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# What `go test` runs; narrow it with TEST=./internal/config/... MODULES=gateway.
TEST    ?= ./...
GOTEST  := go test -race -shuffle=on
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
# What every program says it is; a variable that a program lacks is ignored.
STAMP   := -ldflags '-X main.version=$(VERSION) -X github.com/deskgate/deskgate/pluginsdk/release.version=$(VERSION)'

.PHONY: build run test unit suite e2e conformance clients alone lint generate generate-check openapi-lint breaking fuzz bench counting soak clean

build: ## the gateway, the connectors and the simulators, into bin/
	@mkdir -p bin/connectors
	cd gateway && go build $(STAMP) -o ../bin/ ./cmd/...
	@set -e; for c in $(CONNECTORS); do (cd plugins/$$c && \
	  go build $(STAMP) -o ../../bin/connectors/ ./cmd/deskgate-connector-$$c && \
	  go build $(STAMP) -o ../../bin/ ./cmd/deskgate-simulator-$$c); done

run: build ## the whole thing on simulators, in the foreground
	@exec bin/deskgate-demo

test: ## everything that has to pass before a change lands
	@.ci/stage tools .ci/tools
	@.ci/stage build $(MAKE) --no-print-directory build
	@.ci/stage lint $(MAKE) --no-print-directory lint
	@.ci/stage generate-check $(MAKE) --no-print-directory generate-check
	@.ci/stage openapi-lint $(MAKE) --no-print-directory openapi-lint
	@.ci/stage alone $(MAKE) --no-print-directory alone
	@.ci/stage unit $(MAKE) --no-print-directory unit
	@.ci/stage suite $(MAKE) --no-print-directory suite
	@.ci/stage fuzz $(MAKE) --no-print-directory fuzz
	@.ci/stage e2e $(MAKE) --no-print-directory e2e

unit: ## unit tests of every module
	@set -e; for m in $(MODULES); do \
	  (cd $$m && $(GOTEST) $$(go list $(TEST) | grep -v -e /gateway/e2e -e '/plugins/[a-z]*$$')); done

# Without the race detector: what it would watch is the suite, which waits for
# processes most of the time and reads much JSON, several times as slowly.
suite: ## the conformance suite on each connector, and its mutants
	@set -e; for c in $(CONNECTORS); do (cd plugins/$$c && go test -shuffle=on .); done

e2e: build counting clients ## black-box tests on built binaries
	cd gateway && $(GOTEST) ./e2e/...

conformance: build ## the conformance suite on each built connector and its simulator
	@set -e; for c in $(CONNECTORS); do .ci/conformance $$c; done

clients: ## what e2e needs from npm: public clients of the vendors' APIs, and the connector in Node
	npm --prefix plugins/connectwise/clients ci --silent --no-audit --no-fund
	npm --prefix docs/examples/jsonfile ci --silent --no-audit --no-fund

alone: ## each module is tidy and builds without its neighbours' workspace
	@set -e; for m in $(MODULES); do (cd $$m && export GOWORK=off && go mod tidy -diff && go vet ./...); done

lint: ## the linters over every module at once
	cd proto && $(BUF) lint
	@$(MAKE) --no-print-directory breaking
	$(GOLANGCI) run $(addprefix ./,$(addsuffix /...,$(MODULES)))

# The descriptors of the contract, without comments, that a connector in Node brings along.
EXAMPLE := docs/examples/jsonfile/contract.binpb

generate: ## Go code and the descriptor images from proto/
	cd proto && $(BUF) generate && $(BUF) build -o contract/contract.binpb && $(BUF) build --exclude-source-info -o ../$(EXAMPLE)

generate-check: generate ## generated code is committed as it is generated
	@git diff --exit-code --stat -- proto $(EXAMPLE) && [ -z "$$(git status --porcelain -- proto)" ] || { echo "proto/ and $(EXAMPLE) are not generated from their sources: run 'make generate' and commit"; exit 1; }

breaking: ## the contract takes nothing back that a release has promised
	@if [ -e proto/released.binpb ]; then cd proto && $(BUF) breaking --against released.binpb; fi

openapi-lint: ## a public linter on the OpenAPI document
	npm --prefix .ci ci --silent --no-audit --no-fund
	.ci/node_modules/.bin/redocly lint --config gateway/internal/openapi/redocly.yaml gateway/internal/openapi/testdata/openapi.json

# What each fuzz target gets: a number of inputs (2000x) or a time (2m).
FUZZTIME ?= 2000x

fuzz: ## every fuzz target in turn, for as long as FUZZTIME says
	@set -e; for m in $(MODULES); do (cd $$m && for p in $$(grep -rl --include=*_test.go '^func Fuzz' . | xargs -r -n1 dirname | sort -u); do \
	  for f in $$(grep -hoE '^func Fuzz[A-Za-z0-9]+' $$p/*_test.go | cut -c6-); do \
	    echo "== $$m $$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p; done; done); done

bench: build counting ## what the gateway costs, against a floor taken in the same run
	@bin/deskgate-bench run

# The same programs with a door for the bench: it can count their allocations and
# profile them (gateway/bench/door/overlay).
counting: # the programs into bin/counting/
	@mkdir -p bin/counting/connectors
	@for main in gateway/cmd/deskgate $(foreach c,$(CONNECTORS),plugins/$c/cmd/deskgate-connector-$c plugins/$c/cmd/deskgate-simulator-$c); do \
	  printf '"%s/%s/door.go": "%s/gateway/bench/door/overlay/door.go"\n' $(CURDIR) $$main $(CURDIR); done \
	  | paste -sd, | sed 's/.*/{"Replace": {&}}/' > bin/counting/overlay.json
	@set -e; with="-tags bench -overlay $(CURDIR)/bin/counting/overlay.json"; \
	  (cd gateway && go build $(STAMP) $$with -o ../bin/counting/ ./cmd/deskgate); \
	  for c in $(CONNECTORS); do (cd plugins/$$c && \
	    go build $(STAMP) $$with -o ../../bin/counting/connectors/ ./cmd/deskgate-connector-$$c && \
	    go build $(STAMP) $$with -o ../../bin/counting/ ./cmd/deskgate-simulator-$$c); done

soak: ## what takes longer than a change may wait for
	@$(MAKE) --no-print-directory fuzz FUZZTIME=2m

clean:
	rm -rf bin .run
