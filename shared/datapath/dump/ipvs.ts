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
}

/** Reads both forms; lines of other shapes (statistics, firewall marks) are passed over. */
export function parseIpvs(lines: Lines): IpvsDump {
  const services: (IpvsService & { readonly backends: IpvsBackend[] })[] = [];
  const byKey = new Map<string, IpvsService & { readonly backends: IpvsBackend[] }>();
  for (const { text, line } of lines) {
    const words = splitWords(text.trim());
    const [first = '', second = ''] = words;
    if (/^(TCP|UDP|SCTP)$/.test(first)) {
      addService(first.toLowerCase(), second, line);
    } else if (first === '->') {
      const backend = readBackend(second, Number(words[3] ?? 1));
      if (backend !== undefined) services.at(-1)?.backends.push(backend);
    } else if (first === '-A') {
      addService(protocolOf(second), words[2] ?? '', line);
    } else if (first === '-a') {
      const service = byKey.get(`${protocolOf(second)} ${words[2] ?? ''}`);
      const backend = readBackend(after(words, '-r') ?? '', Number(after(words, '-w') ?? 1));
      if (service !== undefined && backend !== undefined) service.backends.push(backend);
    }
  }
  return { kind: 'ipvs', services };

  function addService(protocol: string, text: string, line: number): void {
    const place = readHostPort(text);
    if (place === undefined) return;
    const service = { line, protocol, ...place, backends: [] };
    services.push(service);
    byKey.set(`${protocol} ${text}`, service);
  }
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
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d+)(?:-\d+)?$/.exec(text);
  if (parts === null) return undefined;
  return { address: parts[1] ?? parts[2] ?? '', port: Number(parts[3]) };
}
