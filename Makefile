# Everything that is run more than once. "make check" is what CI runs; it needs Go, and redis-server for the tests of the
# real store (without it they are skipped, or fail if STAFFROOM_REQUIRE=redis).

# How long each fuzz target runs.
FUZZTIME ?= 30s
# How often the chaos harness kills the bot. SEED replays a run: make chaos SEED=42
KILLS ?= 200
# The longest that the tests of one package may take.
TIMEOUT ?= 10m

# The linter is built from its own module on first use (one to three minutes) and found in Go's build cache later.
golangci-lint = "$$(go -C tools tool -n golangci-lint)"

.PHONY: help
help: ## Show what there is to make.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: check
check: lint lint-proof race ## Format, lint and test with the race detector, as CI does.

.PHONY: test
test: ## Test.
	go test -timeout $(TIMEOUT) ./...

.PHONY: race
race: ## Test with the race detector; in CI every test runs again, whatever Go remembers of it.
	go test -race $(if $(CI),-count 1) -timeout $(TIMEOUT) ./...

.PHONY: lint
lint: ## Check format, style and the dependency rule.
	$(golangci-lint) run ./...

.PHONY: lint-proof
lint-proof: ## Prove that the linter's rules forbid what they should.
	go -C tools test ./...

.PHONY: format
format: ## Format the code.
	$(golangci-lint) fmt ./...

.PHONY: bench
bench: ## Run the benchmarks.
	go test -run '^$$' -bench . -benchmem -timeout 30m ./...

.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME.
	tools/fuzz.sh $(FUZZTIME)

.PHONY: chaos
chaos: ## Kill a running chat KILLS times and check that nothing is lost or said twice.
	go test ./cmd/staffroom/internal/chaos -run Chaos -count 1 -v -timeout 60m -args -chaos.kills=$(KILLS) $(if $(SEED),-chaos.seed=$(SEED))

.PHONY: pace
pace: ## Send 5,000 posts as fast as the platform allows and check how near to that it comes.
	go test ./cmd/staffroom/internal/pace -run Pace -count 1 -v -timeout 10m -args -pace.posts=5000 -pace.channels=200

.PHONY: outage
outage: ## Take Redis away for 70 seconds in the middle of a chat.
	go test ./cmd/staffroom/internal/outage -count 1 -v -timeout 10m -args -outage.lasts=70s

.PHONY: cross
cross: cross-darwin cross-windows ## Build for macOS and Windows.

# vet compiles the tests too; build links the program.
cross-%:
	GOOS=$* CGO_ENABLED=0 go vet ./...
	GOOS=$* CGO_ENABLED=0 go build -o /dev/null ./cmd/staffroom
