package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
)

// versionInfo is what `faux0 version --json` prints.
type versionInfo struct {
	Version string `json:"version"`
	// Commit has "+dirty" behind it when the tree held changes.
	Commit   string `json:"commit,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// version reads what the Go tool recorded in the binary.
func version() versionInfo {
	v := versionInfo{Version: "devel", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" && info.Main.Version != "(devel)" {
		v.Version = info.Main.Version
	}
	dirty := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			v.Commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+dirty"
		}
	}
	if v.Commit != "" {
		v.Commit += dirty
	}
	return v
}

func newVersion() *command {
	asJSON := false
	c := &command{
		name: "version", summary: "prints the version, the commit and the Go version", synopsis: "[--json]",
		examples: []string{"faux0 version", "faux0 version --json"},
	}
	c.options.on(&asJSON, "json", "print JSON")
	c.run = func(_ context.Context, inv *invocation) error {
		v := version()
		if asJSON {
			return json.NewEncoder(inv.stdout).Encode(v)
		}
		commit := ""
		if v.Commit != "" {
			commit = "commit " + v.Commit + ", "
		}
		_, err := fmt.Fprintf(inv.stdout, "faux0 %s (%s%s, %s)\n", v.Version, commit, v.Go, v.Platform)
		return err
	}
	return c
}
