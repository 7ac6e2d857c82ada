import { decodeChanges, decodeCurves } from '../../src/live/frames.js';
import type { StudyModel } from '../../src/live/study-model.js';
import type { StudyEvent } from '../../src/tune/events.js';

/** Everything that a client can learn of a study, as it comes out of messages and frames. */
export function allThatIsTold(model: StudyModel) {
  const { seq, head, trials } = model.snapshot();
  const changes: StudyEvent[] = [];
  for (let next = 0; next <= model.lastSeq; ) {
    const { frame, next: after } = model.changes(next, model.lastSeq);
    changes.push(...decodeChanges(frame).events);
    next = after;
  }
  const events: StudyEvent[] = [];
  for (let next = 0; next <= model.lastSeq; ) {
    const { json, next: after } = model.json(next, model.lastSeq, 100_000);
    events.push(...JSON.parse(json));
    next = after;
  }
  const views = [{ points: 4096 }, { points: 4 }, { points: 64, from: 2, to: 5 }, { points: 64, trials: [3, 1] }];
  const curves = model.metrics().flatMap(metric =>
    (['epoch', 'samples', 'seconds'] as const).flatMap(by =>
      views.map(view => {
        const frames = [...model.curves({ type: 'see', id: 1, metric, by, ...view })].map(decodeCurves);
        return frames.flatMap(({ curves, seq, study }) => [seq, study, ...curves]);
      }),
    ),
  );
  const numbers = [...model.state.trials.keys()];
  return {
    study: model.study,
    lastSeq: model.lastSeq,
    changedAt: model.changedAt,
    metrics: model.metrics(),
    findings: model.findings(),
    seq,
    snapshot: JSON.parse(head),
    trials: [...{ [Symbol.iterator]: () => trials }].flatMap(text => JSON.parse(text).trials),
    changes,
    events,
    curves,
    eventsOf: numbers.map(trial => [trial, [...model.eventsOf(trial)]]),
    details: JSON.parse(JSON.stringify(numbers.map(trial => [...model.eventsOf(trial)].map(model.event)))),
  };
}
