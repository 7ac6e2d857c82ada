import { concatMap, finalize, from, map, type ObservableInput, type OperatorFunction } from 'rxjs';

/** What can keep a training waiting: a batch in any stage, or a report by the model behind it. */
export type Holdable = { hold(): () => void } | { readonly model?: { hold(): () => void } | undefined };

/**
 * `concatMap` for slow consumers: keeps the batch (or the report's last batch) from being finished, and so the source
 * from emitting the next, until what `project` returned has completed.
 *
 * @example batches(data, { size: 32 }).pipe(forward(net), holdMap(batch => batch.prediction.read()))
 */
export function holdMap<T extends Holdable, R>(
  project: (value: T, index: number) => ObservableInput<R>,
): OperatorFunction<T, R> {
  return source =>
    source.pipe(
      // Held on arrival: the source is let go inside concatMap, which queues what comes before it is done with the last.
      map(value => ({ value, release: hold(value) })),
      concatMap(({ value, release }, index) => from(project(value, index)).pipe(finalize(release))),
    );
}

function hold(value: Holdable): () => void {
  if ('hold' in value) return value.hold();
  return value.model?.hold() ?? (() => {});
}
