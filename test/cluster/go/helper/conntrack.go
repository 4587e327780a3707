package main

import (
	"fmt"
	"net"
	"strconv"
)

// fillConntrack NETNS FLOWS: makes that many flows in a namespace by sending one
// datagram each towards 198.18.0.0/15 (RFC 2544, for tests). The kernel's limit
// is one for all namespaces and read-only in them, so the table is filled for real.
func fillConntrack(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: helper conntrack-fill NETNS FLOWS")
	}
	flows, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	return inNetns(args[0], func() error {
		socket, err := net.ListenUDP("udp4", &net.UDPAddr{})
		if err != nil {
			return err
		}
		defer socket.Close()
		for flow := range flows {
			to := &net.UDPAddr{IP: net.IPv4(198, 18, byte(flow>>24), byte(flow>>16)), Port: 1 + flow&0xffff%65535}
			// A full table answers "operation not permitted": that is the wanted end.
			_, _ = socket.WriteToUDP([]byte{0}, to)
		}
		return nil
	})
}
