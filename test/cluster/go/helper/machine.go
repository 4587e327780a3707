package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// machineSpec describes one machine: processes that see their own files,
// network, process numbers, host name and control groups, on the shared kernel.
type machineSpec struct {
	Name string `json:"name"`
	// Netns is the path of a network namespace that exists already.
	Netns string `json:"netns"`
	// Cgroup is the machine's path below each control group hierarchy.
	Cgroup string `json:"cgroup"`
	// Root is an empty directory; the machine's file tree is put together on it.
	Root string `json:"root"`
	// Socket is where the machine's first process takes requests (see control.go).
	Socket string     `json:"socket"`
	Log    string     `json:"log"`
	Binds  []bindSpec `json:"binds"`
	Files  []fileSpec `json:"files"`
	Links  []linkSpec `json:"links"`
}

type bindSpec struct {
	From     string `json:"from"`
	To       string `json:"to"`
	ReadOnly bool   `json:"readOnly"`
}

type fileSpec struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

type linkSpec struct {
	Path   string `json:"path"`
	Target string `json:"target"`
}

// startMachine SPEC.json: starts a machine, waits until it takes requests and
// prints the process id of its first process. Killing that one process ends
// all others of the machine and drops its mounts: the kernel sees to it.
func startMachine(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: helper machine SPEC.json")
	}
	spec, err := readSpec(args[0])
	if err != nil {
		return err
	}
	if err := joinCgroup(spec.Cgroup); err != nil {
		return err
	}
	log, err := os.OpenFile(spec.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	ready, readyWriter, err := os.Pipe()
	if err != nil {
		return err
	}
	init := exec.Command("/proc/self/exe", "init", args[0])
	init.Stdout = log
	init.Stderr = log
	init.ExtraFiles = []*os.File{readyWriter}
	init.SysProcAttr = &syscall.SysProcAttr{
		Setsid: true,
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS |
			syscall.CLONE_NEWIPC | syscall.CLONE_NEWCGROUP,
	}
	// A child belongs to the network namespace of the thread that makes it.
	if err := inNetns(spec.Netns, init.Start); err != nil {
		return err
	}
	readyWriter.Close()
	word, err := bufio.NewReader(ready).ReadString('\n')
	if err != nil || strings.TrimSpace(word) != "ready" {
		init.Process.Kill()
		init.Wait()
		rest, _ := os.ReadFile(spec.Log)
		return fmt.Errorf("machine %s did not start: %s", spec.Name, lastLine(string(rest)))
	}
	fmt.Println(init.Process.Pid)
	return nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

func readSpec(path string) (machineSpec, error) {
	var spec machineSpec
	file, err := os.Open(path)
	if err != nil {
		return spec, err
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	if err != nil {
		return spec, err
	}
	return spec, json.Unmarshal(text, &spec)
}
