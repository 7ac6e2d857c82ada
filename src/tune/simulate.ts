import { identity, NEVER, Observable, Subject } from 'rxjs';
import type { Rule, StudyView } from '../early-stopping/study-view.js';
import { InputError } from '../errors.js';
import { random } from '../random.js';
import type { Metrics, Report } from '../train/report.js';
import { checkSimulation } from './check-simulation.js';
import type { HParams, Objective, StudyEvent, StudyInfo, UnstampedEvent } from './events.js';
import { openJudging } from './judging.js';
import { openLedger } from './ledger.js';
import type { Sampler, Sampling } from './samplers/sampler.js';
import type { SearchSpace } from './space.js';
import type { StudyState } from './study-state.js';
import { openStudyViews } from './study-views.js';
import { runTrial } from './trial.js';
import type { SpaceValue, TrialContext } from './tune.js';
import { type VirtualTime, virtualTime } from './virtual-time.js';

// How many points for one trial the space may refuse.
const MOST_REFUSALS = 10_000;

/** One report of a learning curve. */
export interface CurvePoint {
  readonly metrics: Metrics;
  /** Virtual seconds that it takes from the report before; default 1. */
  readonly seconds?: number | undefined;
  /** Training rows from the report before; default 0. */
  readonly samples?: number | undefined;
  /** Optimizer steps from the report before; default 1. */
  readonly steps?: number | undefined;
  /** The epoch is not over. */
  readonly within?: 'epoch' | undefined;
}

/** What ends a simulated study: whatever is used up first. At least one. Of epochs and seconds it says `time`, of trials `trials`. */
export interface SimulationBudget {
  /** How many trials are started. */
  readonly trials?: number | undefined;
  /** Of all trials together; those that are running are stopped there. */
  readonly epochs?: number | undefined;
  /** Of the virtual clock; trials that are running are stopped then. */
  readonly seconds?: number | undefined;
}

/** A study on learning curves that are known, or made up. */
export interface SimulateOptions<Space> {
  /** As that of `tune`. */
  readonly space: Space;
  readonly objective: Objective;
  /** The reports of a trial, one an epoch, asked for one by one; a trial that throws fails. Equal arguments must give equal curves. */
  readonly curve: (hparams: SpaceValue<Space>, context: TrialContext) => Iterable<CurvePoint>;
  readonly budget: SimulationBudget;
  /** Default: `randomSearch()`. */
  readonly sampler?: Sampler | undefined;
  /** As that of `tune`. */
  readonly earlyStopping?: ((context: TrialContext & { readonly study: StudyView }) => Rule) | undefined;
  /** How many trials run at a time; default 1. */
  readonly parallel?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** Default `simulation`. */
  readonly name?: string | undefined;
}

/**
 * A study under a virtual clock: the events that `tune` would have, of trials whose learning curves are given, with any number of
 * workers. It emits all of them while it is subscribed to, without timers, and the same ones at every subscription; times are
 * milliseconds from 0. What is due at the same time happens in the order of the trials' numbers.
 *
 * @throws InputError for options that are wrong.
 * @example simulate({ space: { x: float(0, 1) }, objective: { metric: 'loss', direction: 'minimize' }, budget: { epochs: 8100 },
 *   *curve({ x }) { for (let epoch = 1; epoch <= 81; epoch++) yield { metrics: { loss: x + 1 / epoch } }; } })
 */
export function simulate<const Space>(options: SimulateOptions<Space>): Observable<StudyEvent> {
  const { space, objective, sampler, parallel, seed, name, budget } = checkSimulation(options);
  const { earlyStopping = () => identity } = options;
  const context = { space, objective, seed, parallel };
  const trials = Number.isFinite(budget.trials) ? budget.trials : undefined;
  const count = sampler.begin({ ...context, trials }).count ?? Number.POSITIVE_INFINITY;
  const known = Math.min(budget.trials, count);
  const study: StudyInfo = {
    name,
    objective,
    space: space.info,
    sampler: sampler.name,
    rules: options.earlyStopping === undefined ? [] : ['earlyStopping'],
    parallel,
    asked: { trials, parallel },
    trials: Number.isFinite(known) ? known : undefined,
  };

  return new Observable<StudyEvent>(subscriber => {
    const time = virtualTime();
    const sampling = sampler.begin({ ...context, trials });
    const enter = openStudyViews(objective, { seed });
    const stopping$ = new Subject<'time'>();
    const ledger = openLedger(time.now);
    const slots: boolean[] = [];
    let active = 0;
    let started = 0;
    let exhausted = false;
    let stopped = false;

    const emit = (event: UnstampedEvent): void => {
      subscriber.next(ledger.stamp(event));
    };
    const stop = () => {
      stopped = true;
      stopping$.next('time');
    };
    const start = (number: number, point: HParams): void => {
      const hparams = Object.freeze({ ...point });
      const own = random(seed, 'trial', number).int(0, 2 ** 31 - 1);
      const given = () => ({ trial: number, seed: own, hparams: { ...hparams } });
      const entry = enter(number);
      const free = slots.indexOf(false);
      const slot = free < 0 ? slots.length : free;
      slots[slot] = true;
      active++;
      runTrial({
        number,
        begin: { type: 'trial-started', trial: number, hparams, slot },
        metrics: [objective.metric],
        entry,
        before: [],
        open: () => played(options.curve(space.substitute(hparams), given()), number, time),
        pending: () => [],
        judging: () => openJudging(() => earlyStopping({ ...given(), study: entry.view })),
        stopping$,
        survives: false,
        commands$: NEVER,
        nan: 'fail',
        record: () => ledger.state.trials.get(number),
        clock: time.now,
      }).subscribe({
        next: emit,
        error: error => subscriber.error(error),
        complete: () => {
          slots[slot] = false;
          active--;
        },
      });
    };
    const fill = (): void => {
      while (active < parallel && started < budget.trials && !exhausted && !stopped && !subscriber.closed) {
        const point = draw(sampling, space, started, ledger.state);
        if (point === undefined) exhausted = true;
        else start(started++, point);
      }
    };

    emit({ type: 'study-started', study });
    try {
      for (fill(); !stopped && !subscriber.closed; fill()) {
        const next = time.next();
        if (next === undefined) break;
        if (next > budget.seconds * 1000) {
          time.goTo(budget.seconds * 1000);
          stop();
          break;
        }
        time.step();
        if (ledger.state.epochs >= budget.epochs) stop();
      }
    } catch (error) {
      return subscriber.error(error);
    }
    const { best, counts, samples } = ledger.state;
    const reason = stopped ? 'time' : exhausted ? 'exhausted' : 'trials';
    emit({ type: 'study-finished', reason, best, counts, seconds: time.now() / 1000, samples });
    subscriber.complete();
    return undefined;
  });
}

/** The point for a trial that the space allows; undefined when there are no more. */
function draw(sampling: Sampling, space: SearchSpace, trial: number, { trials }: StudyState): HParams | undefined {
  for (let attempt = 0; attempt < MOST_REFUSALS; attempt++) {
    const point = sampling.ask(trial, trials, attempt);
    if (point === undefined || space.allows(point)) return point;
  }
  throw new InputError(`simulate: of ${MOST_REFUSALS} points for trial ${trial} the constraints allow none`);
}

/** A curve as a training, each report when its time has come. */
function played(curve: Iterable<CurvePoint>, trial: number, time: VirtualTime): Observable<Report> {
  return new Observable<Report>(receiver => {
    const begun = time.now();
    const points = curve[Symbol.iterator]();
    let epoch = 0;
    let step = 0;
    let samples = 0;
    let callOff: (() => void) | undefined;
    receiver.add(() => {
      callOff?.();
      points.return?.();
    });
    const advance = (): void => {
      if (receiver.closed) return;
      try {
        const { done, value } = points.next();
        if (done) receiver.complete();
        else callOff = time.at(time.now() + 1000 * (value.seconds ?? 1), trial, () => tell(value));
      } catch (error) {
        receiver.error(error);
      }
    };
    const tell = ({ metrics, within, steps = 1, samples: more = 0 }: CurvePoint): void => {
      step += steps;
      samples += more;
      if (within === undefined) epoch++;
      const seconds = (time.now() - begun) / 1000;
      receiver.next({ epoch, step, samples, seconds, metrics, ...(within && { within }) });
      advance();
    };
    advance();
  });
}
