/** Work that is asked for oftener than it can be done: it runs once at a time, and once more where it was asked for meanwhile. */
export function onceAtATime(work: () => Promise<void>): () => Promise<void> {
  let isBusy = false;
  let again = false;
  return async () => {
    again = true;
    if (isBusy) return;
    isBusy = true;
    try {
      while (again) {
        again = false;
        await work();
      }
    } finally {
      isBusy = false;
    }
  };
}
