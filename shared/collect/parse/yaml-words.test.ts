import { describe, expect, it } from 'vitest';
import { fakeRuntime } from '../../testing/fake-runtime.ts';
import { readSnapshots } from '../read-snapshot.ts';

async function wordsOf(text: string) {
  const snapshot = await readSnapshots(['-'], fakeRuntime({ stdin: text }));
  return (snapshot.misread ?? []).map(({ line, text: word, as, field }) => `${line} ${field}: ${word} is ${as}`);
}

describe('words that kubectl reads otherwise', () => {
  it('are found in labels, selectors, names and values, with their line', async () => {
    const text = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow
  namespace: y
  labels: {app: no, team: "no"}
spec:
  podSelector:
    matchLabels:
      country: NO      # Norway
      version: 1
    matchExpressions:
    - {key: on, operator: In, values: [off, 'off', text]}
  ingress:
  - ports:
    - port: 80
`;
    expect(await wordsOf(text)).toEqual([
      '5 metadata.namespace: y is true',
      '6 metadata.labels.app: no is false',
      '10 spec.podSelector.matchLabels.country: NO is false',
      '11 spec.podSelector.matchLabels.version: 1 is a number',
      '13 spec.podSelector.matchExpressions[0].key: on is true',
      '13 spec.podSelector.matchExpressions[0].values[0]: off is false',
    ]);
  });

  it('count from the top of the file, and not in quoted text or in what a server printed', async () => {
    const text = `apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {a: 'y', b: "1"}}
---
# another
apiVersion: v1
kind: Namespace
metadata: {name: live, uid: u1, labels: {a: y}}
---
apiVersion: v1
kind: Namespace
metadata:
  name: no
`;
    expect(await wordsOf(text)).toEqual(['13 metadata.name: no is false']);
  });
});
