package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long files have to stay unchanged before they are read: editors
// and git write several at once.
const settle = 100 * time.Millisecond

// watch begins to note changes of the fixtures' files. What it returns reloads
// them then, until its context ends.
func (s *server) watch(inv *invocation) (reloading func(context.Context), err error) {
	idle := func(context.Context) {}
	if !s.config.watch || len(s.config.fixtures) == 0 {
		return idle, nil
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return idle, err
	}
	if err := s.watchFolders(watcher, s.report.Files); err != nil {
		_ = watcher.Close()
		return idle, err
	}
	return func(ctx context.Context) {
		defer func() { _ = watcher.Close() }()
		s.reloadOnChange(ctx, inv, watcher)
	}, nil
}

// watchFolders watches every folder a fixture was read from. A file is not
// watched itself: editors replace files, which would end the watch.
func (s *server) watchFolders(watcher *fsnotify.Watcher, files []string) error {
	folders := map[string]bool{}
	for _, file := range files {
		folders[filepath.Dir(file)] = true
	}
	for _, path := range s.config.fixtures {
		info, err := os.Stat(path)
		if err != nil {
			continue // it may come back; its folder is watched
		}
		if !info.IsDir() {
			folders[filepath.Dir(path)] = true
			continue
		}
		// New files count too, so the whole folder is watched.
		err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
			switch {
			case err != nil || !d.IsDir():
			case p != path && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
				return fs.SkipDir
			default:
				folders[p] = true
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for folder := range folders {
		if err := watcher.Add(folder); err != nil {
			return fmt.Errorf("%s: %w", folder, err)
		}
	}
	return nil
}

func (s *server) reloadOnChange(ctx context.Context, inv *invocation, watcher *fsnotify.Watcher) {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-watcher.Events:
			if event.Op != fsnotify.Chmod {
				timer.Reset(settle)
			}
		case err := <-watcher.Errors:
			// An overflow, mostly: something changed that we were not told of.
			s.log.Warn("watch: " + err.Error())
			timer.Reset(settle)
		case <-timer.C:
			s.reload(inv)
			if err := s.watchFolders(watcher, s.report.Files); err != nil {
				s.log.Warn("watch: " + err.Error())
			}
		}
	}
}

// reload puts the fixtures in place if they are without fault.
func (s *server) reload(inv *invocation) {
	snapshot, report, faults := loadFixtures(inv, s.domain(), s.config.fixtures)
	if len(faults) == 0 {
		if err := s.provider.Control().Restore(snapshot); err != nil {
			faults = []string{err.Error()}
		}
	}
	if len(faults) > 0 {
		for _, fault := range faults {
			s.log.Error(fault)
		}
		s.log.Error("fixtures not reloaded: " + count(len(faults), "fault") + "; the last good state goes on")
		return
	}
	s.report = report
	for _, w := range report.Warnings {
		s.log.Warn(warningText(w))
	}
	// The global client and the Management API are in every tenant.
	s.log.Info("fixtures reloaded", "clients", len(snapshot.Clients)-1, "apis", len(snapshot.ResourceServers)-1, "users", len(snapshot.Users))
}
