/** Three workloads in two namespaces, as manifests: what most questions of the tests are about. */
export const SHOP = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: data, labels: {team: data}}
---
${deployment('shop', 'web', '{containerPort: 8080, name: http}')}
---
${deployment('shop', 'api', '{containerPort: 8080, name: http}, {containerPort: 9090, name: metrics}')}
---
${deployment('data', 'db', '{containerPort: 5432, name: pg}')}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: data}
spec:
  selector: {app: db}
  ports: [{port: 15432, targetPort: pg, name: pg}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db-in, namespace: data}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
    - from:
        - namespaceSelector: {matchLabels: {team: shop}}
          podSelector: {matchLabels: {app: web}}
      ports: [{port: 5432}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api-in, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress:
    - from: [{podSelector: {}}]
      ports: [{port: http}]
`;

/** A Deployment with a label of its own name and the given container ports. */
export function deployment(namespace: string, name: string, ports = '', kind = 'Deployment'): string {
  return `apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers: [{name: app, image: example/app:1, ports: [${ports}]}]`;
}
