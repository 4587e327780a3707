import { after, type Lines, splitWords } from './words.ts';

export interface IpvsBackend {
  readonly address: string;
  readonly port: number;
  /** 0 while a removed backend is left to finish its connections. */
  readonly weight: number;
}

export interface IpvsService {
  readonly line: number;
  /** `tcp`, `udp`, `sctp`. */
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  readonly backends: readonly IpvsBackend[];
}

/** Virtual servers of a node: `ipvsadm -Ln`, or the commands of `ipvsadm-save -n`. */
export interface IpvsDump {
  readonly kind: 'ipvs';
  readonly services: readonly IpvsService[];
  /** Virtual servers told by names instead of numbers (ipvsadm without -n): what is missing then proves nothing. */
  readonly named: number;
}

/** `kubernetes.default.svc:https`, `10.96.0.1:https`; not the time of a connection (`14:59`). */
const NAMED = /^\S+:[a-z][\w-]*$|^[^\s:]*[a-z][^\s:]*:\d+$/i;

type OpenService = IpvsService & { readonly backends: IpvsBackend[] };

/** Reads both forms; lines of other shapes (firewall marks, the list of connections) are passed over. */
export function parseIpvs(lines: Lines): IpvsDump {
  const services: OpenService[] = [];
  const byKey = new Map<string, OpenService>();
  let open: OpenService | undefined;
  let named = 0;
  for (const { text, line } of lines) {
    const words = splitWords(text.trim());
    const [first = '', second = ''] = words;
    if (/^(TCP|UDP|SCTP|FWM)$/.test(first)) {
      open = addService(first.toLowerCase(), second, line);
      if (open === undefined && NAMED.test(second)) named++;
    } else if (first === '->') {
      const backend = readBackend(second, weightIn(words));
      if (backend !== undefined) open?.backends.push(backend);
    } else if (first === '-A') {
      addService(protocolOf(second), words[2] ?? '', line);
    } else if (first === '-a') {
      const service = byKey.get(`${protocolOf(second)} ${words[2] ?? ''}`);
      const backend = readBackend(after(words, '-r') ?? '', Number(after(words, '-w') ?? 1));
      if (service !== undefined && backend !== undefined) service.backends.push(backend);
    }
  }
  return { kind: 'ipvs', services, named };

  function addService(protocol: string, text: string, line: number): OpenService | undefined {
    const place = readHostPort(text);
    if (place === undefined) return undefined;
    const service = { line, protocol, ...place, backends: [] };
    services.push(service);
    byKey.set(`${protocol} ${text}`, service);
    return service;
  }
}

/** The weight stands behind the way of forwarding, or first (--persistent-conn); lists of counters (--stats, --rate) have none. */
function weightIn([, , method = '', weight = '']: readonly string[]): number {
  return /^(Masq|Route|Tunnel|Local)$/.test(method) ? Number(weight) : 1;
}

function protocolOf(option: string): string {
  return option === '-u' ? 'udp' : option === '--sctp-service' ? 'sctp' : 'tcp';
}

function readBackend(text: string, weight: number): IpvsBackend | undefined {
  const place = readHostPort(text);
  return place === undefined ? undefined : { ...place, weight: Number.isNaN(weight) ? 1 : weight };
}

/** `10.96.0.1:443` or `[fd00::1]:443`; undefined for a name or anything else. */
export function readHostPort(text: string): { readonly address: string; readonly port: number } | undefined {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|(\d+\.\d+\.\d+\.\d+)):(\d+)(?:-\d+)?$/.exec(text);
  if (parts === null) return undefined;
  return { address: parts[1] ?? parts[2] ?? '', port: Number(parts[3]) };
}
