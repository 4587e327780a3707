/**
 * Resolves when the event loop has been once through everything that waits for it: what was to be written is written,
 * and a connection that was begun to a server nearby stands.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(setImmediate, resolve);
  });
}
