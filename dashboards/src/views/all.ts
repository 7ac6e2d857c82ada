import type { Model, Page, ViewSpec } from '../page.js';
import { bestView } from './best.js';
import { compareView } from './compare.js';
import { contourView } from './contour/contour.js';
import { curvesView } from './curves.js';
import { dataView } from './data.js';
import { fileView } from './file.js';
import { frontView } from './front/front.js';
import { healthView } from './health.js';
import { importanceView } from './importance.js';
import { logView } from './log.js';
import { normsView } from './norms.js';
import { parallelView } from './parallel/parallel.js';
import { predictionsView } from './predictions.js';
import { progressView } from './progress.js';
import { rungsView } from './rungs.js';
import { slicesView } from './slices/slices.js';
import { spaceView } from './space.js';
import { studiesView } from './studies.js';
import { studiesCompareView } from './studies-compare.js';
import { howView } from './study-how.js';
import { deedsView } from './study-log.js';
import { timelineView } from './timeline.js';
import { trialView } from './trial.js';
import { trialCurvesView } from './trial-curves.js';
import { foldsAt, trialFoldsView } from './trial-folds.js';
import { trialsView } from './trials.js';

/** Every panel of the page, in the order in which its place has them. */
export const allViews: readonly ViewSpec[] = [
  { id: 'curves', title: 'Learning curves', place: 'overview', mount: curvesView },
  { id: 'best', title: 'Best so far', place: 'overview', mount: bestView },
  { id: 'progress', title: 'Best value over trials', place: 'overview', mount: progressView },
  { id: 'health', title: 'Gradient health', place: 'overview', mount: healthView },
  { id: 'timeline', title: 'Timeline', place: 'runs', mount: timelineView },
  {
    id: 'rungs',
    title: 'Rungs',
    place: 'runs',
    when: ({ study }) => (study.study?.rungs?.length ?? 0) > 0,
    mount: rungsView,
  },
  { id: 'parallel', title: 'Parallel coordinates', place: 'parameters', mount: parallelView },
  { id: 'importance', title: 'Importance', place: 'parameters', mount: importanceView },
  {
    id: 'contour',
    title: 'Two hyperparameters',
    place: 'parameters',
    when: ({ study }) => (study.study?.space.length ?? 2) > 1,
    mount: contourView,
  },
  { id: 'slices', title: 'Slices', place: 'parameters', mount: slicesView },
  {
    id: 'front',
    title: 'Pareto front',
    place: 'front',
    when: ({ study }) => (study.study?.objectives?.length ?? 0) > 1,
    mount: frontView,
  },
  { id: 'trials', title: 'Trials', place: 'trials', mount: trialsView },
  { id: 'trial', title: 'Trial', place: 'trial', when: isPinned, mount: trialView },
  { id: 'trial-curves', title: 'Metrics by epoch', place: 'trial', when: isThere, mount: trialCurvesView },
  { id: 'norms', title: 'Gradients and activations', place: 'trial', when: isThere, mount: normsView },
  { id: 'predictions', title: 'Predictions', place: 'trial', when: isThere, mount: predictionsView },
  { id: 'folds', title: 'Folds', place: 'trial', when: hasFolds, mount: trialFoldsView },
  { id: 'log', title: 'Decisions and log', place: 'trial', when: isThere, mount: logView },
  { id: 'compare', title: 'Side by side', place: 'trials', mount: compareView },
  { id: 'space', title: 'Search space', place: 'study', mount: spaceView },
  { id: 'how', title: 'How it searches', place: 'study', mount: howView },
  {
    id: 'deeds',
    title: 'What was asked of it',
    place: 'study',
    when: ({ study }) => study.deeds.length > 0,
    mount: deedsView,
  },
  {
    id: 'file',
    title: 'Search file',
    place: 'study',
    when: ({ study }) => study.study?.search !== undefined,
    mount: fileView,
  },
  {
    id: 'data',
    title: 'Data',
    place: 'study',
    when: ({ study }) => study.study?.dataset !== undefined,
    mount: dataView,
  },
  {
    id: 'studies',
    title: 'Studies on this server',
    place: 'studies',
    when: ({ studies }) => studies.length > 1,
    mount: studiesView,
  },
  {
    id: 'studies-compare',
    title: 'Best value of the chosen studies',
    place: 'studies',
    when: ({ studies }) => studies.length > 1,
    mount: studiesCompareView,
  },
];

function isPinned(_: Model, { lens }: Page): boolean {
  return lens.pinned !== undefined;
}

function isThere({ study, caughtUp }: Model, { lens }: Page): boolean {
  return lens.pinned !== undefined && (study.trials.has(lens.pinned) || !caughtUp);
}

function hasFolds(_: Model, { lens, details }: Page): boolean {
  const detail = lens.pinned === undefined ? undefined : details.get(lens.pinned);
  return detail !== undefined && foldsAt(detail.reports) !== undefined;
}
