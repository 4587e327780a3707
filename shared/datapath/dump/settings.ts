import type { Lines } from './words.ts';

/** Settings of the kernel as `sysctl -a` prints them, by name with dots: `net.ipv4.ip_forward`. */
export interface SettingsDump {
  readonly kind: 'settings';
  readonly values: ReadonlyMap<string, { readonly value: string; readonly line: number }>;
}

const SETTING = /^((?:abi|debug|dev|fs|kernel|net|user|vm)[./][\w./:@-]+?)\s*=\s*(\S.*)$/;

/** `net.ipv4.ip_forward = 1`, also with slashes as under /proc/sys. */
export function isSettingLine(text: string): boolean {
  return SETTING.test(text);
}

/** Reads what sysctl prints; of a setting that is told twice the last counts. */
export function parseSettings(lines: Lines): SettingsDump {
  const values = new Map<string, { readonly value: string; readonly line: number }>();
  for (const { text, line } of lines) {
    const [, name = '', value = ''] = SETTING.exec(text) ?? [];
    // With slashes a dot belongs to the name of an interface, which sysctl prints as a slash then.
    if (name !== '')
      values.set(name.includes('/') && !name.includes('.') ? name.replaceAll('/', '.') : name, {
        value: value.trim(),
        line,
      });
  }
  return { kind: 'settings', values };
}
