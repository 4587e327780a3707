package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// forward LISTEN NETNS TARGET: listens where it was started and dials inside a
// network namespace, so that clients outside reach an API server inside.
func forward(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("usage: helper forward ADDRESS:PORT NETNS ADDRESS:PORT")
	}
	listener, err := net.Listen("tcp", args[0])
	if err != nil {
		return err
	}
	for {
		outside, err := listener.Accept()
		if err != nil {
			return err
		}
		go join(outside, args[1], args[2])
	}
}

func join(outside net.Conn, netns, target string) {
	defer outside.Close()
	var inside net.Conn
	err := inNetns(netns, func() (err error) {
		dialer := net.Dialer{Timeout: 30 * time.Second}
		inside, err = dialer.DialContext(context.Background(), "tcp", target)
		return err
	})
	if err != nil {
		return
	}
	defer inside.Close()
	var both sync.WaitGroup
	both.Add(2)
	go copyHalf(inside, outside, &both)
	go copyHalf(outside, inside, &both)
	both.Wait()
}

// copyHalf passes the end of one direction on, and leaves the other open: an
// exec stream is often half closed for minutes.
func copyHalf(to, from net.Conn, both *sync.WaitGroup) {
	defer both.Done()
	_, err := io.Copy(to, from)
	if err != nil {
		to.Close()
		from.Close()
		return
	}
	if tcp, ok := to.(*net.TCPConn); ok {
		tcp.CloseWrite()
	}
}
