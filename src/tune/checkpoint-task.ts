/** Where a trial is stored while it runs, as plain data that reaches worker threads. */
export interface CheckpointTask {
  /** Is made when it is needed. */
  readonly folder: string;
  readonly trial: number;
  /** Of training, between two states that are stored; 0: one after every epoch. */
  readonly seconds: number;
  /** The last epoch whose report is recorded: the trial goes on from its last state up to there. 0: it begins, and nothing of it is kept. */
  readonly upTo: number;
  /** The best finite value of the objective that is recorded: what is only told of better ones, is not told again. */
  readonly best?: number | undefined;
}

/** What a trial's objective is given where trials are stored: for `fileCheckpoint`. */
export interface Checkpointed {
  readonly checkpoint?: CheckpointTask | undefined;
}
