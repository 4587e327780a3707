module kubectl-net/test/cluster/crds-older

go 1.26.0

// The last version that holds AdminNetworkPolicy and BaselineAdminNetworkPolicy.
require sigs.k8s.io/network-policy-api v0.1.7
