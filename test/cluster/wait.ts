import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/**
 * Asks again and again until `probe` returns something truthy, and returns it.
 * A probe that throws has not succeeded yet; its last error is part of the failure.
 * We wait on states, never on time alone: this machine may be slow today.
 */
export async function waitFor<Found>(
  what: string,
  probe: () => Promise<Found | undefined | null | false> | Found | undefined | null | false,
  { timeoutMs = 60_000, intervalMs = 200 }: WaitOptions = {},
): Promise<Found> {
  const end = Date.now() + timeoutMs;
  let last = '';
  for (;;) {
    try {
      const found = await probe();
      if (found) {
        return found;
      }
      last = '';
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() >= end) {
      throw new Error(`waited ${timeoutMs / 1000} s for ${what}${last === '' ? '' : `; last answer: ${last}`}`);
    }
    await sleep(intervalMs);
  }
}
