import { describe, expect, it } from 'vitest';
import { createLimit } from './limit.ts';

describe('a limit', () => {
  it('never lets more jobs run at once, runs all of them, and survives failures', async () => {
    const limit = createLimit(3);
    let running = 0;
    let most = 0;
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        limit(async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          if (index % 5 === 0) throw new Error(String(index));
          return index;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(16);
  });
});
