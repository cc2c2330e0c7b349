package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// keysFile holds the current and the next signing key, and after a rotation
// the previous one.
const keysFile = "signing-keys.pem"

// loadKeys finds the signing keys that --keys names; nil are the default ones.
func loadKeys(where, domain string, now time.Time) ([]*tenant.Key, error) {
	switch where {
	case keysDefault:
		return nil, nil
	case keysRandom:
		return newKeys(domain, now)
	}
	path := filepath.Join(where, keysFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = createKeys(path, domain, now); err == nil {
			data, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("--keys: %w", err)
	}
	keys, err := tenant.ParseKeys(data)
	if err != nil {
		return nil, fmt.Errorf("--keys: %s: %w; delete the file to have new keys made", path, err)
	}
	return keys, nil
}

func newKeys(domain string, now time.Time) ([]*tenant.Key, error) {
	ids := tenant.RandomIDs()
	keys := make([]*tenant.Key, 2)
	for i := range keys {
		var err error
		if keys[i], err = tenant.NewKey(ids.KeyID(), domain, now); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// keptKeys saves keys where loadKeys finds them at the next start; nil where
// --keys names no folder.
func keptKeys(where string) func([]*tenant.Key) error {
	if where == keysDefault || where == keysRandom {
		return nil
	}
	return func(keys []*tenant.Key) error {
		path := filepath.Join(where, keysFile)
		temp, err := writeKeys(path, keys)
		if err != nil {
			return fmt.Errorf("--keys: %w", err)
		}
		return os.Rename(temp, path)
	}
}

// writeKeys writes a file beside path, and returns its name.
func writeKeys(path string, keys []*tenant.Key) (temp string, err error) {
	var data []byte
	for _, k := range keys {
		data = append(data, k.MarshalPEM()...)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	temp = path + "." + rand.Text() + ".tmp"
	return temp, os.WriteFile(temp, data, 0o600)
}

// createKeys publishes new keys under path. Where another process was first,
// its keys stay: the file appears whole or not at all.
func createKeys(path, domain string, now time.Time) error {
	keys, err := newKeys(domain, now)
	if err != nil {
		return err
	}
	temp, err := writeKeys(path, keys)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp) }()
	err = os.Link(temp, path)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil { // no links on this file system
		return os.Rename(temp, path)
	}
	return nil
}
