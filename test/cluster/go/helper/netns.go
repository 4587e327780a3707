package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

// setns is system call 308 on amd64 and 268 on arm64; package syscall does not name it.
func setns(fd uintptr, kind uintptr) error {
	number := uintptr(308)
	if runtime.GOARCH == "arm64" {
		number = 268
	}
	if _, _, errno := syscall.RawSyscall(number, fd, kind, 0); errno != 0 {
		return errno
	}
	return nil
}

// inNetns runs f on a thread inside the network namespace at path. The thread
// is given up afterwards if it cannot return to where it came from.
func inNetns(path string, f func() error) error {
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		home, err := os.Open(fmt.Sprintf("/proc/self/task/%d/ns/net", syscall.Gettid()))
		if err != nil {
			result <- err
			return
		}
		defer home.Close()
		target, err := os.Open(path)
		if err != nil {
			result <- err
			return
		}
		defer target.Close()
		if err := setns(target.Fd(), syscall.CLONE_NEWNET); err != nil {
			result <- fmt.Errorf("enter %s: %w", path, err)
			return
		}
		err = f()
		// A goroutine that ends while locked takes its thread with it, so a thread
		// that failed to return is never used again.
		if setns(home.Fd(), syscall.CLONE_NEWNET) == nil {
			runtime.UnlockOSThread()
		}
		result <- err
	}()
	return <-result
}
