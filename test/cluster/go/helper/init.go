package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
)

// runInit SPEC.json: the first process of a machine. It builds the file tree,
// starts and signals the machine's daemons on request, and reaps the orphans.
func runInit(args []string) error {
	spec, err := readSpec(args[0])
	if err != nil {
		return err
	}
	// Made before the root changes, so that it lies in the host's tree.
	os.Remove(spec.Socket)
	listener, err := net.Listen("unix", spec.Socket)
	if err != nil {
		return err
	}
	if err := syscall.Sethostname([]byte(spec.Name)); err != nil {
		return err
	}
	if err := buildRoot(spec); err != nil {
		return err
	}
	if all, err := hierarchies(); err == nil && len(all) == 1 && all[0].unified() {
		leaveRootGroup()
	}
	daemons := newDaemons()
	children := make(chan os.Signal, 32)
	signal.Notify(children, syscall.SIGCHLD)
	go func() {
		for range children {
			daemons.reap()
		}
	}()
	fmt.Fprintln(os.NewFile(3, "ready"), "ready")
	syscall.Close(3)
	return serveControl(listener, daemons)
}
