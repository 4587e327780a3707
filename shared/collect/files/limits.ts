/** Bounds that keep a hostile or careless input from exhausting the machine. All sizes in bytes. */
export interface Limits {
  /** Everything read of one input, after unpacking. */
  readonly totalBytes: number;
  /** One file of objects; a larger one is named and passed over. */
  readonly fileBytes: number;
  /** Files and folders looked at in one input. */
  readonly entries: number;
  /** What is kept of one log: its end, which tells why a container stopped. */
  readonly logBytes: number;
  /** What is kept of all logs and tool outputs together. */
  readonly textBytes: number;
}

const MIB = 1024 * 1024;

/** 2 GiB of input, files up to 1 GiB, the last 256 KiB of a log. */
export const DEFAULT_LIMITS: Limits = {
  totalBytes: 2048 * MIB,
  fileBytes: 1024 * MIB,
  entries: 500_000,
  logBytes: MIB / 4,
  textBytes: 256 * MIB,
};

/** `2 GiB`, `300 MiB`, `17 KiB`: sizes for messages. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1024 * MIB) return `${trim(bytes / (1024 * MIB))} GiB`;
  if (bytes >= MIB) return `${trim(bytes / MIB)} MiB`;
  return bytes >= 1024 ? `${trim(bytes / 1024)} KiB` : `${bytes} bytes`;
}

function trim(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
