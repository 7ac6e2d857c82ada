import type { Objective } from '../tune/events.js';
import type { StudyState, TrialRecord } from '../tune/study-state.js';
import { stopper } from './describe-stop.js';
import { count, counted, hyperparameter, metric } from './number.js';
import type { Style } from './style.js';
import { type Column, table } from './table.js';
import { clean } from './text.js';

/** Trials as a table: number, the value of each objective, epochs, how they ended, hyperparameters; the study's best one in green. */
export function bestTrials(
  ranked: readonly TrialRecord[],
  { study, best }: StudyState,
  width: number,
  style: Style,
): string[] {
  const names = [...new Set(ranked.flatMap(({ hparams }) => Object.keys(hparams)))];
  const cells = (title: string, text: (trial: TrialRecord) => string, align: 'left' | 'right' = 'right'): Column => ({
    title,
    align,
    cells: ranked.map(text),
  });
  const hparamCells = (name: string): Column => {
    const numeric = ranked.every(({ hparams }) => typeof (hparams[name] ?? 0) === 'number');
    const text = ({ hparams }: TrialRecord) => (name in hparams ? clean(hyperparameter(hparams[name] ?? null)) : '–');
    return { ...cells(clean(name), text, numeric ? 'right' : 'left'), most: 16 };
  };
  const { heading, rows, notes } = table(
    [
      cells('trial', ({ number }) => `#${number}`),
      ...(study?.objectives === undefined
        ? [cells(clean(study?.objective.metric ?? 'value'), ({ value }) => metric(value))]
        : study.objectives.map((objective, i) =>
            cells(clean(objective.metric), ({ values }) => whole(values?.[i]) ?? metric(values?.[i])),
          )),
      cells('epoch', ({ bestEpoch, epochs }) => `${bestEpoch ?? '–'}/${epochs}`),
      cells('state', ({ state }) => state, 'left'),
      { ...cells('ended by', ({ stop }) => stopper(stop), 'left'), most: 20 },
      ...names.map(hparamCells),
    ],
    width,
  );
  return [
    style.dim(heading),
    ...rows.map((row, i) => (ranked[i]?.number === best?.trial ? style.green(row) : row)),
    ...notes.map(style.dim),
  ];
}

/** What the trials of a Pareto front have in common, of which the first `shown` are listed above. */
export function frontWords(
  front: readonly TrialRecord[],
  objectives: readonly Objective[],
  shown = Number.POSITIVE_INFINITY,
): string {
  const wanted = objectives.map(({ metric, direction }) => `${direction} ${clean(metric)}`).join(', ');
  if (front.length === 0) return `no trial was completed with a value for all of: ${wanted}`;
  const listed = front.length > shown ? `, of which the first ${shown} are above` : '';
  return `Pareto front (${wanted}): ${counted(front.length, 'trial')} that no other beats in all${listed}`;
}

/** A count, such as that of parameters, without decimals. */
function whole(value: number | undefined): string | undefined {
  return Number.isInteger(value) ? count(value as number) : undefined;
}
