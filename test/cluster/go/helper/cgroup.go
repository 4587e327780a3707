package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const cgroupRoot = "/sys/fs/cgroup"

type hierarchy struct {
	path string
	// options are what to mount it with: the controllers of version 1, empty for version 2.
	options string
}

func (h hierarchy) unified() bool { return h.options == "" }

// hierarchies lists the mounted control group hierarchies of this machine: one
// for version 2, many for version 1, both for the hybrid form.
func hierarchies() ([]hierarchy, error) {
	file, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var found []hierarchy
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		before, after, _ := strings.Cut(lines.Text(), " - ")
		fields, kind := strings.Fields(before), strings.Fields(after)
		if len(fields) < 5 || len(kind) < 3 || !strings.HasPrefix(fields[4], cgroupRoot) {
			continue
		}
		switch kind[0] {
		case "cgroup2":
			found = append(found, hierarchy{path: fields[4]})
		case "cgroup":
			var options []string
			for _, option := range strings.Split(kind[2], ",") {
				if option != "rw" && option != "ro" {
					options = append(options, option)
				}
			}
			found = append(found, hierarchy{path: fields[4], options: strings.Join(options, ",")})
		}
	}
	return found, lines.Err()
}

// joinCgroup moves this process into PATH below every hierarchy, making it where missing.
func joinCgroup(path string) error {
	all, err := hierarchies()
	if err != nil {
		return err
	}
	for _, h := range all {
		dir := h.path
		for _, part := range strings.Split(path, "/") {
			parent := dir
			dir = filepath.Join(dir, part)
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
			if h.unified() {
				passControllersDown(parent)
			} else if strings.Contains(h.options, "cpuset") {
				// A new cpuset is empty, and takes no process until it has processors and memory.
				inherit(parent, dir, "cpuset.cpus")
				inherit(parent, dir, "cpuset.mems")
			}
		}
		if err := os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte("0"), 0o644); err != nil {
			return fmt.Errorf("join control group %s: %w", dir, err)
		}
	}
	return nil
}

func inherit(parent, dir, file string) {
	own, _ := os.ReadFile(filepath.Join(dir, file))
	if strings.TrimSpace(string(own)) != "" {
		return
	}
	if value, err := os.ReadFile(filepath.Join(parent, file)); err == nil {
		os.WriteFile(filepath.Join(dir, file), value, 0o644)
	}
}

// passControllersDown lets children of a version 2 group use all controllers it has.
func passControllersDown(dir string) {
	have, _ := os.ReadFile(filepath.Join(dir, "cgroup.controllers"))
	for _, controller := range strings.Fields(string(have)) {
		os.WriteFile(filepath.Join(dir, "cgroup.subtree_control"), []byte("+"+controller), 0o644)
	}
}

// leaveRootGroup is for a machine whose only hierarchy is version 2: a group
// that hands controllers to children must hold no process itself.
func leaveRootGroup() {
	leaf := filepath.Join(cgroupRoot, "init")
	if os.MkdirAll(leaf, 0o755) != nil {
		return
	}
	os.WriteFile(filepath.Join(leaf, "cgroup.procs"), []byte("0"), 0o644)
	passControllersDown(cgroupRoot)
}
