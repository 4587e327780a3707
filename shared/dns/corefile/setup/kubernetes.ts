import { labelSelectorError } from '../go/label-selector.ts';
import { atoi, durationError, goQuote, numberError, parseDuration, parseFloat64 } from '../go/numbers.ts';
import { zonesOf } from '../zones.ts';
import { ttl } from './common.ts';
import { eachLine, expectArgs, readOptions, type Setup, type SetupRule } from './context.ts';

/** Rules of the `kubernetes` plugin and of `k8s_external`, which answers for it outside. */

export const kubernetes: SetupRule = (setup) => {
  eachLine(setup, () => kubernetesBlock(setup), { once: true });
};

function kubernetesBlock(setup: Setup): void {
  const zones = setup.origins(setup.rest());
  if (!zones.some((zone) => !/\.(in-addr|ip6)\.arpa\.$/.test(zone))) {
    throw setup.plain('non-reverse zone name must be used');
  }
  const seen = { namespaces: false, namespaceLabels: false, zonal: false, noEndpoints: false };
  let multicluster: readonly string[] = [];
  const some = () => {
    const args = setup.rest();
    if (args.length === 0) throw setup.argumentError();
    return args;
  };
  const count = (name: string, read: (text: string) => number | undefined) => () => {
    const [text = ''] = expectArgs(setup, 1);
    const value = read(text);
    if (value === undefined) throw setup.plain(`invalid ${name} ${goQuote(text)}: ${numberError('Atoi', text)}`);
    if (value < 0) throw setup.plain(`${name} must be >= 0`);
  };
  readOptions(setup, {
    endpoint_pod_names: () => expectArgs(setup, 0),
    pods: () => {
      const [mode = ''] = expectArgs(setup, 1);
      if (!['disabled', 'insecure', 'verified'].includes(mode)) {
        throw setup.plain(`wrong value for pods: ${mode},  must be one of: disabled, verified, insecure`);
      }
    },
    namespaces: () => {
      some();
      seen.namespaces = true;
    },
    endpoint: some,
    tls: () => {
      for (const path of expectArgs(setup, 3)) setup.open(path);
    },
    labels: () => selector(setup, some(), 'label'),
    namespace_labels: {
      since: '1.5.0',
      read: () => {
        selector(setup, some(), 'namespace_label');
        seen.namespaceLabels = true;
      },
    },
    fallthrough: () => setup.rest(),
    ttl: () => ttl(setup, some()[0] ?? ''),
    noendpoints: {
      since: '1.0.6',
      read: () => {
        expectArgs(setup, 0);
        seen.noEndpoints = true;
      },
    },
    ignore: {
      since: '1.1.3',
      read: () => {
        const [what] = setup.rest();
        if (what !== undefined && what !== 'empty_service')
          throw setup.plain(`unable to parse ignore value: '${what}'`);
      },
    },
    kubeconfig: {
      since: '1.2.3',
      read: () => {
        const [path = ''] = expectArgs(setup, setup.since('1.8.2') ? 1 : 2, 2);
        setup.open(path);
      },
    },
    multicluster: {
      since: '1.12.2',
      read: () => {
        multicluster = setup.rest().flatMap((arg) => zonesOf(arg, setup.server.version));
      },
    },
    startup_timeout: {
      since: '1.12.3',
      read: () => {
        const [time = ''] = some();
        const value = parseDuration(time);
        if (value === undefined) throw setup.plain(`failed to parse startup_timeout: ${time}, ${durationError(time)}`);
        // It sets a ticker, which panics when the server starts.
        if (value <= 0) throw setup.plain(`startup_timeout must be above 0: ${time}`);
      },
    },
    zonal: {
      since: '1.14.7',
      read: () => {
        expectArgs(setup, 0);
        seen.zonal = true;
      },
    },
    apiserver_qps: { since: '1.14.0', read: count('apiserver_qps', parseFloat64) },
    apiserver_burst: { since: '1.14.0', read: count('apiserver_burst', atoi) },
    apiserver_max_inflight: { since: '1.14.0', read: count('apiserver_max_inflight', atoi) },
    // Before 1.6 it took a duration; it was passed over until it went, and its word with it.
    resyncperiod: { until: '1.7.0', read: () => setup.rest() },
    upstream: { until: '1.7.0', read: () => setup.rest() },
    transfer: { since: '1.0.6', until: '1.8.0', read: () => setup.rest() },
  });
  if (seen.namespaces && seen.namespaceLabels) {
    throw setup.plain('namespaces and namespace_labels cannot both be set');
  }
  const foreign = multicluster.find((zone) => !zones.includes(zone));
  if (foreign !== undefined) throw setup.plain(`is not authoritative for the multicluster zone ${foreign}`);
  if (seen.zonal && seen.noEndpoints) {
    throw setup.plain('zonal requires the endpoint cache; remove noendpoints');
  }
}

function selector(setup: Setup, args: readonly string[], name: string): void {
  const text = args.join(' ');
  const error = labelSelectorError(text);
  if (error !== undefined) throw setup.plain(`unable to parse ${name} selector value: '${text}': ${error}`);
}

export const k8sExternal: SetupRule = (setup) => {
  eachLine(setup, () => {
    setup.rest();
    readOptions(setup, {
      ttl: () => {
        const [text] = setup.rest();
        if (text === undefined) throw setup.argumentError();
        ttl(setup, text);
      },
      apex: () => {
        if (setup.rest().length === 0) throw setup.argumentError();
      },
      headless: { since: '1.9.4', read: () => undefined },
      fallthrough: { since: '1.11.0', read: () => setup.rest() },
    });
  });
};

/** What `k8s_external` asks for when the server starts. */
export const k8sExternalStart: SetupRule = (setup) => {
  setup.next();
  // Before 1.11.0 it stayed silent and answered nothing.
  if (!setup.since('1.11.0')) return;
  if (!setup.server.has('kubernetes')) throw setup.plain('kubernetes plugin not loaded');
};
