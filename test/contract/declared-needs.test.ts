import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dnsSubject } from '../../plugins/netdns/dns-subject.ts';
import { policySubjects } from '../../plugins/netpol/lint/policy-subject.ts';
import { subjectOf } from '../../plugins/netsvc/service-subject.ts';
import { readSnapshots } from '../../shared/collect/read-snapshot.ts';
import type { ClusterIndex } from '../../shared/model/cluster-index.ts';
import type { KindName } from '../../shared/model/kinds.ts';
import { fakeRuntime } from '../../shared/testing/fake-runtime.ts';
import { recordingIndex } from '../../shared/testing/recording-index.ts';
import { PLUGINS } from './plugins.ts';

const ROOT = 'test/scenarios';

describe('declared needs', async () => {
  const cases = readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, 'facts')));
  const snapshots = await Promise.all(
    cases.map((name) => readSnapshots([join(ROOT, name, 'facts'), join(ROOT, '_cluster')], fakeRuntime())),
  );

  const all = PLUGINS.flatMap(({ name, checks }) => checks.map((check) => [check.id, name, check] as const));

  it.each(all)('%s reads only what it declares', (_, name, check) => {
    const reads = new Set<KindName>();
    for (const snapshot of snapshots) {
      const index = recordingIndex(snapshot, reads);
      const caller = index.list('Pod')[0]?.metadata;
      const subjects = (SUBJECTS[name] ?? (() => []))(index);
      reads.clear();
      for (const subject of subjects) {
        const from = { namespace: caller?.namespace ?? '', pod: caller?.name ?? '' };
        const context = { index, now: index.now, from };
        if (check.applies?.(subject, context) === false) continue;
        check.run(subject, context);
      }
      const declared = new Set<KindName>([
        ...check.needs,
        ...(check.uses ?? []),
        ...(name === 'netsvc' ? (['Service'] as const) : []),
        ...(NOT_ASKED[name] ?? []),
      ]);
      expect([...reads].filter((kind) => !declared.has(kind))).toEqual([]);
    }
  });
});

/** Kinds that code of all plugins looks at where a recording holds them, and that the plugin asks no cluster for. */
const NOT_ASKED: Readonly<Record<string, readonly KindName[]>> = {
  // The state of a pod looks for missing ones.
  netcni: ['Secret'],
  // The ranges of pods as Calico itself tells them; the nodes tell them too.
  netpol: ['Installation', 'ClusterInformation', 'IPPool', 'FelixConfiguration', 'IPAMBlock'],
};

/** What the checks of each plugin are asked about in a snapshot. */
const SUBJECTS: Readonly<Record<string, (index: ClusterIndex) => readonly unknown[]>> = {
  netsvc: (index) => index.list('Service').map(subjectOf),
  netdns: (index) => [dnsSubject(index, undefined)],
  // What was misread in the files is no kind; recordings have none.
  netpol: (index) => policySubjects(index, undefined).map((subject) => ({ ...subject, misread: [] })),
  netcni: () => [{}],
};
