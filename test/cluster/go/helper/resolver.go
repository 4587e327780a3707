package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

// resolverConfig is read anew for each question, so that a test changes the
// behaviour by writing the file.
type resolverConfig struct {
	// Mode is "answer", "servfail", "refused" or "silent".
	Mode    string `json:"mode"`
	DelayMs int    `json:"delayMs"`
	// Records are addresses by name, lower case, without the last dot.
	// A name that starts with "*." stands for all names below.
	Records map[string][]string `json:"records"`
}

const (
	rcodeServfail = 2
	rcodeNxdomain = 3
	rcodeRefused  = 5
	typeA         = 1
	typeAAAA      = 28
)

// resolve LISTEN CONFIG: a small authority on a few names, over UDP and TCP,
// which stands for the resolver outside the cluster.
func resolve(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: helper resolver ADDRESS:PORT CONFIG.json")
	}
	packets, err := net.ListenPacket("udp", args[0])
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", args[0])
	if err != nil {
		return err
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go serveStream(connection, args[1])
		}
	}()
	buffer := make([]byte, 4096)
	for {
		length, from, err := packets.ReadFrom(buffer)
		if err != nil {
			return err
		}
		query := append([]byte(nil), buffer[:length]...)
		go func() {
			if reply := answer(query, args[1]); reply != nil {
				packets.WriteTo(reply, from)
			}
		}()
	}
}

func serveStream(connection net.Conn, config string) {
	defer connection.Close()
	for {
		var length uint16
		if err := binary.Read(connection, binary.BigEndian, &length); err != nil {
			return
		}
		query := make([]byte, length)
		if _, err := io.ReadFull(connection, query); err != nil {
			return
		}
		reply := answer(query, config)
		if reply == nil {
			continue
		}
		if _, err := connection.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...)); err != nil {
			return
		}
	}
}

func answer(query []byte, path string) []byte {
	config := readConfig(path)
	time.Sleep(time.Duration(config.DelayMs) * time.Millisecond)
	name, kind, end, err := question(query)
	if err != nil {
		return nil
	}
	switch config.Mode {
	case "silent":
		return nil
	case "servfail":
		return header(query, end, rcodeServfail, 0)
	case "refused":
		return header(query, end, rcodeRefused, 0)
	}
	addresses, known := lookup(config.Records, name)
	if !known {
		return header(query, end, rcodeNxdomain, 0)
	}
	var records []byte
	count := 0
	for _, text := range addresses {
		data := recordData(net.ParseIP(text), kind)
		if data == nil {
			continue
		}
		records = append(records, 0xc0, 12) // the name of the question
		records = binary.BigEndian.AppendUint16(records, kind)
		records = append(records, 0, 1, 0, 0, 0, 30) // class IN, 30 seconds
		records = binary.BigEndian.AppendUint16(records, uint16(len(data)))
		records = append(records, data...)
		count++
	}
	return append(header(query, end, 0, count), records...)
}

func readConfig(path string) resolverConfig {
	config := resolverConfig{Mode: "answer"}
	if text, err := os.ReadFile(path); err == nil {
		json.Unmarshal(text, &config)
	}
	return config
}

// question returns name and type of the first question, and where it ends.
func question(query []byte) (string, uint16, int, error) {
	malformed := errors.New("malformed question")
	if len(query) < 17 || binary.BigEndian.Uint16(query[4:]) != 1 {
		return "", 0, 0, malformed
	}
	var labels []string
	at := 12
	for at < len(query) && query[at] != 0 {
		length := int(query[at])
		if length > 63 || at+1+length >= len(query) {
			return "", 0, 0, malformed
		}
		labels = append(labels, strings.ToLower(string(query[at+1:at+1+length])))
		at += 1 + length
	}
	if at+5 > len(query) {
		return "", 0, 0, malformed
	}
	return strings.Join(labels, "."), binary.BigEndian.Uint16(query[at+1:]), at + 5, nil
}

func lookup(records map[string][]string, name string) ([]string, bool) {
	if found, ok := records[name]; ok {
		return found, true
	}
	for rest := name; ; {
		_, parent, ok := strings.Cut(rest, ".")
		if !ok {
			return nil, false
		}
		if found, ok := records["*."+parent]; ok {
			return found, true
		}
		rest = parent
	}
}

func recordData(ip net.IP, kind uint16) []byte {
	if four := ip.To4(); four != nil {
		if kind == typeA {
			return four
		}
		return nil
	}
	if kind == typeAAAA && ip != nil {
		return ip.To16()
	}
	return nil
}

func header(query []byte, end, rcode, answers int) []byte {
	reply := append([]byte(nil), query[:end]...)
	reply[2] = 0x84 | query[2]&0x01 // answer, authoritative, recursion as it was asked for
	reply[3] = 0x80 | byte(rcode)
	binary.BigEndian.PutUint16(reply[6:], uint16(answers))
	binary.BigEndian.PutUint16(reply[8:], 0)
	binary.BigEndian.PutUint16(reply[10:], 0)
	return reply
}
