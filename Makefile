# Everything that is run more than once. "make check" is what CI runs; it needs Go, and redis-server for the tests of the
# real store (without it they are skipped, or fail if STAFFROOM_REQUIRE=redis).

# How long each fuzz target runs.
FUZZTIME ?= 30s
# How many workers each test of the chaos harness kills. SEED repeats a run's choices: make chaos SEED=42
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

# Go would remember the result: it does not see that files outside of the tools' module have changed.
.PHONY: lint-proof
lint-proof: ## Prove that the linter's rules forbid what they should, and that the mutants suit the code.
	go -C tools test -count 1 ./...

.PHONY: mutants
mutants: ## Break one promise after the other, and want its test to fail (ONLY=outbox: some; SLOW=1: slow ones too).
	go -C tools run ./mutants -only '$(ONLY)' $(if $(SLOW),-slow)

.PHONY: format
format: ## Format the code.
	$(golangci-lint) fmt ./...

.PHONY: bench
bench: ## Run the benchmarks.
	go test -run '^$$' -bench . -benchmem -timeout 30m ./...

.PHONY: bench-match
bench-match: ## Measure the matching of partners, and write the tables of docs/matching.md (some minutes).
	go test ./bot/partner/match -run TestTables -count 1 -v -timeout 60m -args -match.tables=$(CURDIR)/docs/matching.md

.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME.
	tools/fuzz.sh $(FUZZTIME)

.PHONY: chaos
chaos: ## Kill workers and their Redis, KILLS workers in each test, and check that nothing is lost or said twice.
	go test ./cmd/staffroom/internal/chaos -count 1 -v -timeout 60m -args -chaos.kills=$(KILLS) $(if $(SEED),-chaos.seed=$(SEED))

.PHONY: pace
pace: ## Send 5,000 posts as fast as the platform allows and check how near to that it comes.
	go test ./cmd/staffroom/internal/pace -run Pace -count 1 -v -timeout 10m -args -pace.posts=5000 -pace.channels=200

.PHONY: outage
outage: ## Take Redis away for 70 seconds in the middle of a chat.
	go test ./cmd/staffroom/internal/outage -count 1 -v -timeout 10m -args -outage.lasts=70s

.PHONY: hour
hour: ## Play an hour with a hundred people in three places, and again with each kind of trouble (SEED=… repeats one).
	go test ./cmd/staffroom/internal/hour -count 1 -v -timeout 10m -args -hour.within=1s -hour.link -hour.relayed=100 $(if $(SEED),-hour.seed=$(SEED))

.PHONY: footprint
footprint: ## Measure the memory of the program: idle, and in 1,000 servers of Discord.
	go test ./cmd/staffroom/internal/footprint -count 1 -v -timeout 10m -args -footprint.after=1m

.PHONY: year
year: ## Live a school year of check-ins with 500 people.
	go test ./cmd/staffroom/internal/house -run SchoolYear -count 1 -v -timeout 10m -args -year.people=500

.PHONY: partneryear
partneryear: ## Live a year of partners with 300 people in two linked places, and kill a round at every command.
	go test ./cmd/staffroom/internal/house -run 'PairingYear|WhereverTheProgramIsKilled' -count 1 -v -timeout 10m -args -pairing.people=300 -pairing.weeks=52 -killed.every=1

.PHONY: links
links: ## Check 10,000 links on 300 hosts for a hundred days (some five minutes).
	go test ./cmd/staffroom/internal/fetch -run LinksOverMonths -count 1 -v -timeout 30m -args -links.count=10000 -links.hosts=300

.PHONY: axe
axe: ## Look at the page of an archive with axe-core; needs chromium and npm.
	npm ci --prefix tools/axe --ignore-scripts --no-audit --no-fund
	STAFFROOM_REQUIRE=chromium STAFFROOM_AXE=$(CURDIR)/tools/axe/node_modules/axe-core/axe.min.js go test ./bot/discussion -run Axe -count 1 -v

.PHONY: cross
cross: cross-darwin cross-windows ## Build for macOS and Windows.

# build links the program; what its tests need elsewhere shows on Windows, if anywhere, and vet compiles them.
cross-%:
	GOOS=$* CGO_ENABLED=0 go build -o /dev/null ./cmd/staffroom

cross-windows: vet-windows
.PHONY: vet-windows
vet-windows:
	GOOS=windows CGO_ENABLED=0 go vet ./...
