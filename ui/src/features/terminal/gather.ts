/**
 * Sends what has gathered, one call at a time: two calls could overtake each other, and a thousand keys need no
 * thousand calls. What fails is lost: the terminal is gone then.
 */
export function gather<T>(
  add: (before: T, more: T) => T,
  send: (all: T) => Promise<unknown>,
): (more: T) => void {
  let gathered: { all: T } | null = null;
  let sending = false;
  async function run() {
    sending = true;
    while (gathered) {
      const { all } = gathered;
      gathered = null;
      await send(all).catch(() => undefined);
    }
    sending = false;
  }
  return (more) => {
    gathered = { all: gathered ? add(gathered.all, more) : more };
    if (!sending) void run();
  };
}
