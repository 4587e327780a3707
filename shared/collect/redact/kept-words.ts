/**
 * Words that a redaction leaves as they are: of protocols, of Kubernetes, of its messages and of well-known products.
 * They betray nothing, and without them neither people nor checks could read what remains.
 */
const KEPT: ReadonlySet<string> = new Set(
  [
    // Names and protocols.
    'http https grpc tcp udp sctp dns tls ssl svc cluster local default kubernetes kube system public lease true false',
    'enabled disabled yes none null com org net dev internal localhost linux amd arm docker library quay gcr ghcr registry',
    'amazonaws azurecr pkg sha latest alpha beta stable www arpa addr cni csi cri ipv prometheus',
    // Kubernetes.
    'pod pods node nodes service services container containers image images endpoint endpoints slice slices job jobs cron',
    'deployment deployments daemon stateful replica replicas set sets namespace namespaces label labels selector port ports',
    'host hosts hostname address addresses ingress egress gateway route routes class policy policies network networks config',
    'configmap map maps secret secrets volume volumes token tokens quota limit limits request',
    'requests spec status metadata name names kind type zone region topology taint taints toleration affinity priority probe',
    'readiness liveness startup sidecar init main proxy scheduler controller manager kubelet operator apiserver etcd coredns',
    'agent exporter metrics events event webhook admission certificate issuer backend rule rules target targets',
    // Messages.
    'failed failure failures fail error errors fatal warning info debug connect connection connections refused reset timeout',
    'deadline exceeded get post put delete patch dial lookup read write server client the and for from with not found such',
    'was has have are available insufficient match matches matched new old ready running pending succeeded terminated waiting',
    'exit exited code signal reason back off pulling pulled pull push created create started start starting stop',
    'stopped restarting restart killing kill killed unhealthy healthy scheduled unschedulable mount mounted',
    'sandbox listen listening user file files path key keys memory cpu disk storage pressure evicted',
    'oom reached unable could cannot invalid unknown missing required forbidden denied allowed unauthorized expired lost',
    'accept broken pipe reply response status unexpected end eof resource resources',
    'retry attempt attempts after before within during while does into',
    'statuscode context canceled cancelled progressing',
    // Well-known products.
    'nginx apache httpd traefik haproxy envoy istio linkerd kong contour redis postgres postgresql mysql mariadb mongo',
    'mongodb kafka rabbitmq elasticsearch grafana loki cilium calico flannel weave antrea kindnet multus metallb keda busybox',
    'alpine debian ubuntu python java golang ruby spring tomcat gunicorn uvicorn flask django express',
  ]
    .join(' ')
    .split(' '),
);

/** Whether a word, in small letters, means the same everywhere. */
export function isKeptWord(word: string): boolean {
  return KEPT.has(word);
}
