// helper does what a script cannot do well: enter namespaces, be the first
// process of a machine, forward connections into a network, sign certificates,
// answer DNS badly on purpose. It needs the standard library only.
package main

import (
	"fmt"
	"os"
)

var commands = map[string]func(args []string) error{
	"machine":  startMachine,
	"init":     runInit,
	"forward":  forward,
	"pki":      signCertificates,
	"resolver": resolve,
	"pause":    pause,
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: helper machine|init|forward|pki|resolver|pause …")
		os.Exit(2)
	}
	if err := commands[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "helper %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}
