package main

import (
	"fmt"
	"io"
	"strings"
)

func help(inv *invocation, all []*command, args []string) int {
	if len(args) == 0 {
		writeOverview(inv.stdout, all)
		return exitOK
	}
	cmd := find(all, args[0])
	if cmd == nil {
		unknownCommand(inv, all, args[0])
		return exitUsage
	}
	cmd.writeHelp(inv.stdout)
	return exitOK
}

func writeOverview(w io.Writer, all []*command) {
	var b strings.Builder
	b.WriteString("Faux0 is an Auth0 tenant on localhost, for tests. \"faux0\" alone means \"faux0 serve\".\n\nCommands:\n")
	for _, c := range all {
		fmt.Fprintf(&b, "  %-8s  %s\n", c.name, c.summary)
	}
	b.WriteString("\nRun \"faux0 COMMAND --help\" for what a command takes.\n")
	_, _ = io.WriteString(w, b.String())
}

// flagColumn is where the text beside a flag starts.
const flagColumn = 26

func (c *command) writeHelp(w io.Writer) {
	var b strings.Builder
	fmt.Fprintf(&b, "faux0 %s %s.\n", c.name, c.summary)
	if c.about != "" {
		b.WriteString("\n" + c.about + "\n")
	}
	fmt.Fprintf(&b, "\nUsage: faux0 %s\n", strings.TrimSpace(c.name+" "+c.synopsis))
	if len(c.options.list) > 0 {
		b.WriteString("\nFlags; each can be set in the environment too, --" + c.options.list[0].name + " as " + c.options.list[0].env() + ":\n")
	}
	for _, o := range c.options.list {
		head := strings.TrimSpace("--" + o.name + " " + o.placeholder)
		if len(head) > flagColumn-4 {
			b.WriteString("  " + head + "\n")
			head = ""
		}
		for line := range strings.SplitSeq(o.usage, "\n") {
			fmt.Fprintf(&b, "  %-*s%s\n", flagColumn-2, head, line)
			head = ""
		}
	}
	if len(c.examples) > 0 {
		b.WriteString("\nExamples:\n")
	}
	for _, e := range c.examples {
		b.WriteString("  " + e + "\n")
	}
	_, _ = io.WriteString(w, b.String())
}
