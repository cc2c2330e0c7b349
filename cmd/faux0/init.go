package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/faux0/faux0/fixtures"
)

// starterFile is the name under which a folder's fixture is found.
const starterFile = "tenant.yaml"

func newInit() *command {
	return &command{
		name: "init", summary: "writes a starter fixture with comments; it never overwrites", synopsis: "[DIR]",
		about:    "The file is DIR/" + starterFile + "; DIR is the current folder if it is not named, and is made if it is not there.",
		examples: []string{"faux0 init", "faux0 init ./auth && faux0 --fixtures ./auth --watch"},
		maxArgs:  1, run: runInit,
	}
}

func runInit(_ context.Context, inv *invocation) error {
	dir := "."
	if len(inv.args) > 0 {
		dir = inv.args[0]
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a project's folder
		return err
	}
	path := filepath.Join(dir, starterFile)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // a project's file
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already and was left as it is; name another folder: faux0 init DIR", path)
	}
	if err != nil {
		return err
	}
	_, err = file.Write(fixtures.Starter())
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	inv.say("Wrote a starter tenant. Run it with: faux0 --fixtures %s --watch", dir)
	_, err = fmt.Fprintln(inv.stdout, path)
	return err
}
