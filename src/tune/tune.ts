import {
  asyncScheduler,
  concat,
  defer,
  EMPTY,
  identity,
  map,
  Observable,
  type ObservableInput,
  observeOn,
  of,
  queueScheduler,
  Subject,
  throwError,
} from 'rxjs';
import type { Rule, StudyView } from '../early-stopping/study-view.js';
import { random } from '../random.js';
import type { Report } from '../train/report.js';
import { checkTuneOptions } from './check-tune-options.js';
import type { Checkpointed } from './checkpoint-task.js';
import type { HParams, StudyEvent, StudyInfo, UnstampedEvent } from './events.js';
import { mergeFreed } from './merge-freed.js';
import type { Sampler } from './samplers/sampler.js';
import type { Resolved, SearchSpace } from './space.js';
import { type StopRequests, stopRequests } from './stop-requests.js';
import { emptyStudy, foldEvent } from './study-state.js';
import { openStudyViews } from './study-views.js';
import { runTrial } from './trial.js';

/** What an objective is given: the template with a point put in, typed by the template. */
export type SpaceValue<Space> = Space extends SearchSpace<infer Value> ? Value : Resolved<Space>;

/** The trial that an objective or a rule is made for. */
export interface TrialContext {
  /** From 0. */
  readonly trial: number;
  /** Drawn from the study's seed and the trial's number. */
  readonly seed: number;
  /** The sampled point, flat, by name. */
  readonly hparams: HParams;
}

/** What an objective is given beside its hyperparameters. */
export interface ObjectiveContext extends TrialContext, Checkpointed {
  /**
   * Has the trial reported finished, and its slot freed, only when this has settled: for a training whose teardown takes time, such as
   * one in another thread. To be called before the training is torn down; a rejection fails the trial.
   */
  waitFor(teardown: PromiseLike<unknown>): void;
}

/** What is tuned, how, and for how long. */
export interface TuneOptions<Space> extends StopRequests {
  /** A template with distributions in it, or `searchSpace(template)`. */
  readonly space: Space;
  /** One training; a trial is its reports. Called when a slot is free. */
  readonly objective: (hparams: SpaceValue<Space>, context: ObjectiveContext) => ObservableInput<Report>;
  /** The metric of the reports whose best value over a trial's epochs is the trial's value; either this one … */
  readonly minimize?: string | undefined;
  /** … or this one. */
  readonly maximize?: string | undefined;
  /** Default: `randomSearch()`. */
  readonly sampler?: Sampler | undefined;
  /** How many trials are started, exactly. Default: as many as the sampler has, or as `time` allows. */
  readonly trials?: number | undefined;
  /** How many trials run at a time; default 1. */
  readonly parallel?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** The early-stopping rule of each trial: any operator on its reports. */
  readonly earlyStopping?: ((context: TrialContext & { readonly study: StudyView }) => Rule) | undefined;
  /** Default `study`. */
  readonly name?: string | undefined;
  /** What people should know of the study beside that. */
  readonly info?: Partial<Pick<StudyInfo, 'rules' | 'epochs' | 'device' | 'data'>> | undefined;
  /** Milliseconds since 1970; default: RxJS's asynchronous scheduler's, `Date.now`. */
  readonly clock?: (() => number) | undefined;
}

/**
 * A study as a cold stream of events: `study-started`, those of its trials, `study-finished`. At most `parallel` trials run at
 * a time; the next point is drawn when one has ended. A trial ends with its training, at its rule's decision or when the
 * rule's operator completes; it is unsubscribed from, torn down, and only then reported finished. A trial that throws fails alone.
 * When `stop$` fails, the study is interrupted and told to its end like that, and then fails with the same error.
 * The best trial is the best among the complete ones; the value of a trial is its best over the epochs, NaN and infinities left out.
 *
 * @throws InputError for options that are wrong, and for a space that the sampler cannot draw from.
 * @example tune({ space: { units: int(8, 256, { log: true }) }, objective: ({ units }) => train({ … }), minimize: 'valLoss', trials: 20 })
 */
export function tune<const Space>(options: TuneOptions<Space>): Observable<StudyEvent> {
  const { space, objective, sampler, limit, parallel, seed, info } = checkTuneOptions(options);
  // Here, so that a space that the sampler cannot draw from is an error of this call.
  const count = sampler.begin({ space, objective, seed }).count ?? Number.POSITIVE_INFINITY;
  const trials = Math.min(limit, count);
  const study: StudyInfo = { ...info, trials: Number.isFinite(trials) ? trials : undefined };

  return defer(() => {
    const clock = options.clock ?? (() => asyncScheduler.now());
    const sampling = sampler.begin({ space, objective, seed });
    const enter = openStudyViews(objective);
    const stopping$ = new Subject<'time' | 'interrupted'>();
    let stopped: 'time' | 'interrupted' | undefined;
    let failure: { readonly error: unknown } | undefined;
    let exhausted = false;
    let started = 0;
    let seq = 0;
    let state = emptyStudy;

    const stamp = (event: UnstampedEvent): StudyEvent => {
      const stamped = { seq: seq++, time: clock(), ...event } as StudyEvent;
      state = foldEvent(state, stamped);
      return stamped;
    };

    const nextTrial = (): Observable<UnstampedEvent> | undefined => {
      if (stopped !== undefined || started === limit) return undefined;
      const number = started;
      const drawn = attempt(() => sampling.ask(number, state.trials));
      if ('value' in drawn && drawn.value === undefined) {
        exhausted = true;
        return undefined;
      }
      started++;
      // Nobody's own: neither the sampler nor the objective nor a rule alters what the record says.
      const hparams = Object.freeze({ ...('value' in drawn ? drawn.value : undefined) });
      const own = random(seed, 'trial', number).int(0, 2 ** 31 - 1);
      const pending: PromiseLike<unknown>[] = [];
      const context = () => ({ trial: number, seed: own, hparams: { ...hparams } });
      const entry = enter(number);
      return runTrial({
        number,
        hparams,
        metric: objective.metric,
        entry,
        open: () => {
          if ('error' in drawn) throw drawn.error;
          const waitFor = (teardown: PromiseLike<unknown>) => void pending.push(teardown);
          return options.objective(space.substitute(hparams), { ...context(), waitFor });
        },
        pending: () => pending,
        rule: () =>
          options.earlyStopping === undefined ? identity : options.earlyStopping({ ...context(), study: entry.view }),
        stopping$,
        record: () => state.trials.get(number),
        clock,
      });
    };

    const trials$ = new Observable<UnstampedEvent>(subscriber => {
      subscriber.add(
        stopRequests(options).subscribe({
          next: reason => {
            stopped = reason;
            stopping$.next(reason);
          },
          error: error => {
            failure = { error };
            stopped = 'interrupted';
            stopping$.next(stopped);
          },
        }),
      );
      mergeFreed(nextTrial, parallel).subscribe(subscriber);
    });

    const finished$ = defer(() => {
      const { best, counts, samples, startedAt = 0 } = state;
      const reason = stopped ?? (exhausted ? 'exhausted' : 'trials');
      const seconds = (clock() - startedAt) / 1000;
      return of<UnstampedEvent>({ type: 'study-finished', reason, best, counts, seconds, samples });
    });

    const failed$ = defer(() => (failure === undefined ? EMPTY : throwError(() => failure?.error)));

    return concat(of<UnstampedEvent>({ type: 'study-started', study }), trials$, finished$, failed$).pipe(
      map(stamp),
      // Who stops the study while it hears an event causes more events: they wait until everyone has heard this one.
      observeOn(queueScheduler),
    );
  });
}

function attempt<T>(f: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: f() };
  } catch (error) {
    return { error };
  }
}
