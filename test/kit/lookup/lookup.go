// Looks names up with Go's own resolver: `lookup NAME…`.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
)

func main() {
	resolver := net.Resolver{PreferGo: true}
	for _, name := range os.Args[1:] {
		_, err := resolver.LookupIPAddr(context.Background(), name)
		if err != nil {
			fmt.Println(name, err)
		} else {
			fmt.Println(name, "found")
		}
	}
}
