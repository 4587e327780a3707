module kubectl-net/test/cluster/crds

go 1.26.0

// Nothing is compiled from these: their folders hold the definitions of the kinds.
require (
	sigs.k8s.io/gateway-api v1.4.1
	sigs.k8s.io/network-policy-api v0.2.0
)
