package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// buildRoot puts a machine's file tree together from parts of the host's and
// makes it this process's root. The host's own tree is out of reach afterwards.
func buildRoot(spec machineSpec) error {
	all, err := hierarchies()
	if err != nil {
		return err
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	root := spec.Root
	if err := mount("tmpfs", root, "tmpfs", 0, "mode=755"); err != nil {
		return err
	}
	for _, part := range []struct{ kind, at string }{{"proc", "proc"}, {"sysfs", "sys"}, {"tmpfs", "run"}, {"tmpfs", "tmp"}} {
		if err := mount(part.kind, filepath.Join(root, part.at), part.kind, 0, ""); err != nil {
			return err
		}
	}
	if err := mountCgroups(root, all); err != nil {
		return err
	}
	if err := bind(root, bindSpec{From: "/dev", To: "/dev"}, syscall.MS_REC); err != nil {
		return err
	}
	for _, link := range spec.Links {
		at := filepath.Join(root, link.Path)
		os.MkdirAll(filepath.Dir(at), 0o755)
		if err := os.Symlink(link.Target, at); err != nil {
			return err
		}
	}
	for _, wanted := range spec.Binds {
		if err := bind(root, wanted, 0); err != nil {
			return err
		}
	}
	for _, file := range spec.Files {
		at := filepath.Join(root, file.Path)
		os.MkdirAll(filepath.Dir(at), 0o755)
		if err := os.WriteFile(at, []byte(file.Text), 0o644); err != nil {
			return err
		}
	}
	if err := hideHostSettings(root); err != nil {
		return err
	}
	return changeRoot(root)
}

func mount(source, at, kind string, flags uintptr, options string) error {
	if err := os.MkdirAll(at, 0o755); err != nil {
		return err
	}
	if err := syscall.Mount(source, at, kind, flags, options); err != nil {
		return fmt.Errorf("mount %s at %s: %w", kind, at, err)
	}
	return nil
}

func bind(root string, wanted bindSpec, flags uintptr) error {
	at := filepath.Join(root, wanted.To)
	info, err := os.Stat(wanted.From)
	if err != nil {
		return err
	}
	if info.IsDir() {
		err = os.MkdirAll(at, 0o755)
	} else if err = os.MkdirAll(filepath.Dir(at), 0o755); err == nil {
		err = os.WriteFile(at, nil, 0o644)
	}
	if err != nil {
		return err
	}
	if err := syscall.Mount(wanted.From, at, "", syscall.MS_BIND|flags, ""); err != nil {
		return fmt.Errorf("bind %s to %s: %w", wanted.From, wanted.To, err)
	}
	if wanted.ReadOnly {
		return syscall.Mount("", at, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
	}
	return nil
}

// mountCgroups shows the machine its own control groups as if they were all there is.
func mountCgroups(root string, all []hierarchy) error {
	if len(all) == 1 && all[0].unified() && all[0].path == cgroupRoot {
		return mount("cgroup2", root+cgroupRoot, "cgroup2", 0, "")
	}
	if err := mount("tmpfs", root+cgroupRoot, "tmpfs", 0, "mode=755"); err != nil {
		return err
	}
	for _, h := range all {
		kind := "cgroup"
		if h.unified() {
			kind = "cgroup2"
		}
		if err := mount(kind, root+h.path, kind, 0, h.options); err != nil {
			return err
		}
	}
	return nil
}

// hideHostSettings shows the kubelet the kernel settings it insists on, so that
// it does not change those of the host.
func hideHostSettings(root string) error {
	wanted := map[string]string{
		"vm/overcommit_memory": "1", "vm/panic_on_oom": "0", "kernel/panic": "10", "kernel/panic_on_oops": "1",
		"kernel/keys/root_maxkeys": "1000000", "kernel/keys/root_maxbytes": "25000000",
	}
	for name, value := range wanted {
		stand := filepath.Join(root, "run/settings", name)
		os.MkdirAll(filepath.Dir(stand), 0o755)
		if err := os.WriteFile(stand, []byte(value+"\n"), 0o644); err != nil {
			return err
		}
		at := filepath.Join(root, "proc/sys", name)
		if _, err := os.Stat(at); err != nil {
			continue
		}
		if err := syscall.Mount(stand, at, "", syscall.MS_BIND, ""); err != nil {
			return fmt.Errorf("hide %s: %w", name, err)
		}
	}
	return nil
}

func changeRoot(root string) error {
	old := filepath.Join(root, ".old")
	if err := os.MkdirAll(old, 0o700); err != nil {
		return err
	}
	if err := syscall.PivotRoot(root, old); err != nil {
		return fmt.Errorf("pivot root: %w", err)
	}
	if err := os.Chdir("/"); err != nil {
		return err
	}
	if err := syscall.Unmount("/.old", syscall.MNT_DETACH); err != nil {
		return err
	}
	os.Remove("/.old")
	// Volumes that the kubelet mounts must show up in containers that started before.
	return syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_SHARED, "")
}
