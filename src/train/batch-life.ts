import { type Disposable, disposeAll } from './resources.js';

/** The life of one batch: who still holds it, and what is to be freed when it is finished. */
export class BatchLife {
  private holds = 0;
  private over: 'no' | 'finished' | 'stopped' = 'no';

  /**
   * `released` is called whenever the last hold is let go. `owned` is empty, and is again when the batch is finished or
   * stopped, so that batches that live one after another can share it.
   */
  constructor(
    private readonly released: (life: BatchLife) => void,
    private readonly owned: Disposable[] = [],
  ) {}

  get held(): boolean {
    return this.holds > 0;
  }

  // Arrow functions, because the batch's fields are copied from object to object on the way through the stages.
  readonly hold = (): (() => void) => {
    if (this.over === 'finished') throw new Error(LATE);
    this.holds++;
    let mine = true;
    return () => {
      if (!mine) return;
      mine = false;
      if (--this.holds === 0 && this.over === 'no') this.released(this);
    };
  };

  readonly own = <T extends Disposable>(resource: T): T => {
    if (this.over === 'no') {
      this.owned.push(resource);
      return resource;
    }
    resource.dispose();
    if (this.over === 'finished') throw new Error(LATE);
    return resource;
  };

  finish(): void {
    this.over = 'finished';
    disposeAll(this.owned);
  }

  /** The training was unsubscribed from: frees everything, now and later. */
  stop(): void {
    if (this.over === 'no') this.over = 'stopped';
    disposeAll(this.owned);
  }
}

const LATE =
  'This batch is finished and its tensors are freed; call hold() on it while it is emitted, or use holdMap(), to work on it asynchronously.';
