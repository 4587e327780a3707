module kubectl-net/test/cluster/flannel-cni

go 1.14

tool github.com/containernetworking/plugins/plugins/meta/flannel

// The last release that holds the flannel plugin; its own later module is not served by the module proxy.
require github.com/containernetworking/plugins v0.9.1 // indirect
