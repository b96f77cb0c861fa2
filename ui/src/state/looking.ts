/** Counts who looks at figures, so that they are measured as long as somebody does; behind a hidden window nobody does. */
export class Looking {
  #lookers = 0;
  #told = false;

  constructor(private readonly tell: (wanted: boolean) => void) {
    document.addEventListener('visibilitychange', () => this.#check());
  }

  /** One more looks, until the returned function is called. */
  begin(): () => void {
    let over = false;
    this.#lookers += 1;
    this.#check();
    return () => {
      if (over) return;
      over = true;
      this.#lookers -= 1;
      this.#check();
    };
  }

  #check(): void {
    const wanted = this.#lookers > 0 && !document.hidden;
    if (wanted === this.#told) return;
    this.#told = wanted;
    this.tell(wanted);
  }
}
