# Every target is what you could type yourself. `make` alone checks the Go code.
GOLANGCI    = go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK = go run golang.org/x/vuln/cmd/govulncheck@v1.9.0

MODULES   = . examples/api-go testkit/acceptance/go
SDKS      = testkit/acceptance/sdks $(addprefix examples/,lock-embedded lock-popup auth0-js auth0-react nextjs-auth0 express-openid-connect)
# Counted, not timed: Go 1.26 can report the end of a timed run as a failure (go.dev/issue/75804).
FUZZTIME ?= 20000x

export FAUX0_BIN = $(CURDIR)/build/faux0

.DEFAULT_GOAL = check
ifndef TOGETHER
.NOTPARALLEL:
endif
.PHONY: help check run test format vet unit lint vuln accept accept-clients accept-go accept-node accept-python accept-browser accept-journeys accept-sdks accept-docs accept-docker compat bench fuzz fuzz-briefly golden cover setup packages clean build/faux0

help: ## what you can make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

check: format vet unit lint ## the Go code: format, vet, tests with the race detector, lint

run: ## the tenant, on http://localhost:4400
	go run ./cmd/faux0

test: setup ## everything, in real browsers and containers too; installs what is missing
	@$(MAKE) --no-print-directory -j3 TOGETHER=1 packages & fetching=$$!; \
	$(MAKE) --no-print-directory check vuln fuzz-briefly; checked=$$?; wait $$fetching && exit $$checked
	@$(MAKE) --no-print-directory accept

format: ## fails when gofmt would change something
	@files=$$(gofmt -l .); if [ -n "$$files" ]; then echo "gofmt -w these:"; echo "$$files"; exit 1; fi

vet: ## go vet, in every module
	for module in $(MODULES); do (cd $$module && go vet ./...) || exit 1; done

unit: ## go test -race ./..., with time for machines that have much else to do
	go test -race -timeout 30m ./...

lint: ## golangci-lint, with the list in .golangci.yml
	for module in $(MODULES); do (cd $$module && $(GOLANGCI) run --allow-parallel-runners --config $(CURDIR)/.golangci.yml ./...) || exit 1; done

vuln: ## govulncheck; says so where its database cannot be fetched
	@mkdir -p build; $(GOVULNCHECK) ./... >build/vuln.txt 2>&1 && tail -1 build/vuln.txt || { \
	  status=$$?; cat build/vuln.txt; \
	  if grep -q '^govulncheck: fetching vulnerabilities' build/vuln.txt; then \
	    echo "****  SKIPPED: known vulnerabilities were NOT checked: their database cannot be fetched here  ****"; \
	  else exit $$status; fi; }

accept: accept-docs accept-clients accept-browser accept-journeys accept-sdks accept-docker ## real clients against the built binary

accept-clients: ## clients without a browser, all at once
	rm -rf build/compat/clients
	$(MAKE) -j3 --output-sync=target TOGETHER=1 accept-go accept-node accept-python
	node testkit/acceptance/sdks/compat.js clients

accept-node: build/faux0 testkit/acceptance/node/node_modules ## openid-client, oauth4webapi and Auth0's SDKs for Node
	node testkit/acceptance/node/run.js

accept-python: build/faux0 build/python ## authlib and auth0-python
	@if [ -x build/python/bin/python3 ]; then cd testkit/acceptance/python && ../../../build/python/bin/python3 clients.py; fi

accept-go: build/faux0 ## go-oidc, x/oauth2, go-jwt-middleware and go-auth0
	cd testkit/acceptance/go && go test -race -timeout 30m -count=1 ./...

accept-browser: build/faux0 testkit/acceptance/browser/node_modules examples/spa/node_modules ## auth0-spa-js in Chromium
	cd testkit/acceptance/browser && node --test --test-concurrency=2 --test-reporter=spec

accept-journeys: build/faux0 $(addsuffix /node_modules,testkit/acceptance/browser testkit/acceptance/journeys) ## every page by keyboard, on a phone and without JavaScript, with axe-core
	cd testkit/acceptance/journeys && node --test --test-concurrency=1 --test-reporter=spec

accept-sdks: build/faux0 build/python $(addsuffix /node_modules,testkit/acceptance/browser $(SDKS)) ## Lock, auth0.js and the SDKs in Chromium, and the examples
	rm -rf build/compat/compatibility build/compat/trust
	cd testkit/acceptance/sdks && node --test --test-concurrency=2 --test-reporter=spec
	node testkit/acceptance/sdks/compat.js compatibility trust

compat: ## rewrites README's tables from what accept-clients and accept-sdks found
	node testkit/acceptance/sdks/compat.js --write $(notdir $(wildcard build/compat/*))

accept-docs: build/faux0 ## docs/flows, followed with curl (GUIDES='docs/flows/a.md ...' for some of them)
	node --test --test-reporter=spec testkit/acceptance/docs

accept-docker: build/faux0 ## the images, built and composed
	testkit/acceptance/docker/test.sh

bench: ## benchmarks
	go test -run '^$$' -bench . -benchmem ./...

fuzz: ## every fuzz target for FUZZTIME (20000x; 10m is a time)
	@for package in $$(grep -rl --include='*_test.go' --exclude-dir=node_modules '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
	  for target in $$(sed -n 's/^func \(Fuzz[^(]*\).*/\1/p' $$package/*_test.go); do \
	    echo "== $$package $$target"; \
	    go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$package || exit 1; \
	  done; done

fuzz-briefly: ## every fuzz target 2000 times
	@$(MAKE) --no-print-directory fuzz FUZZTIME=2000x

golden: ## rewrites the recorded answers; read the diff
	go test $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -n1 dirname | sort -u) -update

cover: ## where the tests do not go
	go test -coverprofile=build/cover.out ./... && go tool cover -html=build/cover.out -o build/cover.html

setup: ## installs what the acceptance tests need and is missing
	@mkdir -p build
	testkit/acceptance/setup.sh

packages: build/python $(addsuffix /node_modules,testkit/acceptance/browser testkit/acceptance/journeys testkit/acceptance/node examples/spa $(SDKS))

clean: ## removes what was built
	rm -rf build $(addsuffix /node_modules,testkit/acceptance/browser testkit/acceptance/journeys testkit/acceptance/node examples/spa $(SDKS))

build/faux0: # go knows whether there is anything to do
	CGO_ENABLED=0 go build -trimpath -o $@ ./cmd/faux0

build/python: $(addsuffix /requirements.txt,examples/api-python testkit/acceptance/python testkit/acceptance/sdks) # where this fails, Python is skipped, and that is said
	@mkdir -p build
	@{ python3 -m venv --clear $@ && $@/bin/pip install -q --disable-pip-version-check --retries 10 $(addprefix -r ,$^) && touch $@; } || \
	  { rm -rf $@; echo "****  SKIPPED: Python is NOT tested: its packages cannot be installed here  ****"; }

%/node_modules: %/package-lock.json
	cd $* && npm ci --no-audit --no-fund --ignore-scripts --fetch-retries 6 --silent || npm ci --no-audit --no-fund --ignore-scripts --fetch-retries 6
	@touch $@
