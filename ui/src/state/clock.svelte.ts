/** The one clock of the window: a second's tick, and none while nobody looks. */
class Clock {
  now = $state(Date.now());
  #timer: ReturnType<typeof setInterval> | undefined;

  start(): void {
    const look = () => {
      clearInterval(this.#timer);
      this.now = Date.now();
      if (!document.hidden) this.#timer = setInterval(() => (this.now = Date.now()), 1000);
    };
    document.addEventListener('visibilitychange', look);
    look();
  }
}

export const clock = new Clock();
