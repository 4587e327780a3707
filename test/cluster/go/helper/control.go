package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// request is one JSON line on a machine's socket; the answer is one JSON line.
type request struct {
	// Verb is "start", "signal", "list" or "find".
	Verb string   `json:"verb"`
	Name string   `json:"name"`
	Args []string `json:"args"`
	Env  []string `json:"env"`
	// Signal by number. Daemons are signalled by the name they were started with,
	// other processes of the machine, those in containers too, by what "find" matches.
	Signal int    `json:"signal"`
	Match  string `json:"match"`
}

type reply struct {
	Error   string         `json:"error,omitempty"`
	Running map[string]int `json:"running,omitempty"`
	Exited  map[string]int `json:"exited,omitempty"`
	Pids    []int          `json:"pids,omitempty"`
}

type daemons struct {
	lock    sync.Mutex
	running map[string]int
	// exited has the exit status, or 128 and the signal's number.
	exited map[string]int
}

func newDaemons() *daemons {
	return &daemons{running: map[string]int{}, exited: map[string]int{}}
}

func serveControl(listener net.Listener, d *daemons) error {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer connection.Close()
			requests, replies := json.NewDecoder(connection), json.NewEncoder(connection)
			for {
				var asked request
				if requests.Decode(&asked) != nil {
					return
				}
				replies.Encode(d.do(asked))
			}
		}()
	}
}

func (d *daemons) do(asked request) reply {
	d.lock.Lock()
	defer d.lock.Unlock()
	var err error
	var pids []int
	switch asked.Verb {
	case "start":
		err = d.start(asked)
	case "signal":
		pids, err = d.signal(asked)
	case "find":
		pids = find(asked.Match)
	case "list":
	default:
		err = fmt.Errorf("unknown verb %q", asked.Verb)
	}
	if err != nil {
		return reply{Error: err.Error()}
	}
	return reply{Running: maps.Clone(d.running), Exited: maps.Clone(d.exited), Pids: pids}
}

func (d *daemons) start(asked request) error {
	if _, is := d.running[asked.Name]; is {
		return nil
	}
	log, err := os.OpenFile("/var/log/"+asked.Name+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		return err
	}
	defer null.Close()
	process, err := os.StartProcess(asked.Args[0], asked.Args, &os.ProcAttr{
		Dir: "/", Env: append([]string{"PATH=/opt/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"}, asked.Env...),
		Files: []*os.File{null, log, log}, Sys: &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return err
	}
	d.running[asked.Name] = process.Pid
	delete(d.exited, asked.Name)
	return process.Release()
}

func (d *daemons) signal(asked request) ([]int, error) {
	pids := []int{}
	if asked.Match != "" {
		pids = find(asked.Match)
	} else if pid, is := d.running[asked.Name]; is {
		pids = append(pids, pid)
	} else {
		return nil, fmt.Errorf("%s is not running", asked.Name)
	}
	for _, pid := range pids {
		if err := syscall.Kill(pid, syscall.Signal(asked.Signal)); err != nil && err != syscall.ESRCH {
			return nil, err
		}
	}
	return pids, nil
}

// reap collects daemons that ended and orphans of containers. It holds the lock,
// so a daemon that ends at once is not collected before it was noted.
func (d *daemons) reap() {
	d.lock.Lock()
	defer d.lock.Unlock()
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if pid <= 0 || err != nil {
			return
		}
		for name, known := range d.running {
			if known != pid {
				continue
			}
			delete(d.running, name)
			d.exited[name] = status.ExitStatus()
			if status.Signaled() {
				d.exited[name] = 128 + int(status.Signal())
			}
		}
	}
}

// find lists the machine's processes whose program or first argument has this
// name. It sees no other machine's processes, and skips itself.
func find(name string) []int {
	pids := []int{}
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == 1 {
			continue
		}
		line, _ := os.ReadFile(filepath.Join("/proc", entry.Name(), "cmdline"))
		for index, word := range strings.SplitN(string(line), "\x00", 3) {
			if index < 2 && filepath.Base(word) == name {
				pids = append(pids, pid)
				break
			}
		}
	}
	return pids
}
