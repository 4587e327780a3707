module kubectl-net/test/cluster/helper

go 1.24.0
