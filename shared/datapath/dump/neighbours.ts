import { after, type Lines, splitWords } from './words.ts';

/** An entry of `bridge fdb`: frames to this address go out by that device, through a tunnel to `dst`. */
export interface FdbEntry {
  readonly line: number;
  readonly mac: string;
  readonly device: string;
  readonly dst: string | undefined;
  readonly permanent: boolean;
}

export interface FdbDump {
  readonly kind: 'fdb';
  readonly entries: readonly FdbEntry[];
}

/** An entry of `ip neigh` (or of `arp -n` in that form). */
export interface Neighbour {
  readonly line: number;
  readonly address: string;
  readonly device: string;
  readonly mac: string | undefined;
  /** `PERMANENT`, `REACHABLE`, `STALE`, `FAILED`, … */
  readonly state: string;
}

export interface NeighbourDump {
  readonly kind: 'neighbours';
  readonly entries: readonly Neighbour[];
}

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

/** `5e:… dev flannel.1 dst 10.0.0.2 self permanent`. */
export function isFdbLine(text: string): boolean {
  return /^[0-9a-f]{2}(:[0-9a-f]{2}){5} .*\bdev \S/i.test(text);
}

/** `10.244.1.0 dev flannel.1 lladdr 5e:… PERMANENT`; `via` tells routes apart. */
export function isNeighbourLine(text: string): boolean {
  return (
    /^(\d+\.\d+\.\d+\.\d+|[0-9a-fA-F]*:[0-9a-fA-F:.]*) dev \S+ /.test(text) &&
    /\b(lladdr|PERMANENT|REACHABLE|STALE|DELAY|PROBE|FAILED|INCOMPLETE|NOARP|NONE)\b/.test(text)
  );
}

/** Reads `bridge fdb show`: which tunnel end a MAC address is behind. */
export function parseFdb(lines: Lines): FdbDump {
  return {
    kind: 'fdb',
    entries: lines.flatMap(({ text, line }): readonly FdbEntry[] => {
      const words = splitWords(text.trim());
      const [mac = ''] = words;
      if (!MAC.test(mac)) return [];
      return [
        {
          line,
          mac: mac.toLowerCase(),
          device: after(words, 'dev') ?? '',
          dst: after(words, 'dst'),
          permanent: words.includes('permanent'),
        },
      ];
    }),
  };
}

/** Reads `ip neighbour show`. */
export function parseNeighbours(lines: Lines): NeighbourDump {
  return {
    kind: 'neighbours',
    entries: lines.flatMap(({ text, line }): readonly Neighbour[] => {
      const words = splitWords(text.trim());
      const device = after(words, 'dev');
      if (device === undefined) return [];
      return [
        {
          line,
          address: words[0] ?? '',
          device,
          mac: after(words, 'lladdr')?.toLowerCase(),
          state: words.at(-1) ?? '',
        },
      ];
    }),
  };
}
