# make run     the program with a believable demo organisation
# make test    everything that must hold (what .ci/run calls)
# make lint    what golangci-lint finds beyond go vet
# make bench   the benchmarks
# make lighthouse  Lighthouse's figures of the start page, on an idle machine
# make build   bin/allclear
# make static  bin/allclear as one static file, as the container image has it
.PHONY: run test lint bench lighthouse build static prepare

# Without the race detector a test run proves little here; the limit is for a
# machine with two slow cores.
TEST_TIMEOUT ?= 40m

run:
	go run ./cmd/allclear serve --demo

test: prepare
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "Not gofmt-ed: $$unformatted"; exit 1; fi
	go vet ./...
	go test -race -timeout $(TEST_TIMEOUT) ./...

# Installs what the tests need where that can be done, else says what is missing.
prepare:
	@.ci/prepare

# A module file of its own keeps the linter's many dependencies out of go.mod.
lint:
	go tool -modfile=.ci/tools.mod golangci-lint run

bench:
	go test -run '^$$' -bench . -benchmem ./...

lighthouse: prepare
	cd .ci/lighthouse && npm ci --no-audit --no-fund --loglevel=error
	go test -tags lighthouse -count=1 -v -run TestLighthouse ./server/e2e

build:
	go build -o bin/allclear ./cmd/allclear

# cgo is needed for SQLite. No loadable extensions: they would need a dynamic
# linker. Users and names are looked up by Go itself for the same reason.
static:
	CGO_ENABLED=1 go build -trimpath -tags sqlite_omit_load_extension,osusergo,netgo \
		-ldflags '-s -w -linkmode external -extldflags "-static"' -o bin/allclear ./cmd/allclear
