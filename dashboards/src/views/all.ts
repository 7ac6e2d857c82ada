import type { ViewSpec } from '../page.js';
import { bestView } from './best.js';
import { contourView } from './contour/contour.js';
import { curvesView } from './curves.js';
import { frontView } from './front/front.js';
import { healthView } from './health.js';
import { importanceView } from './importance.js';
import { parallelView } from './parallel/parallel.js';
import { progressView } from './progress.js';
import { slicesView } from './slices/slices.js';
import { trialsView } from './trials.js';

/** Every panel of the page, in the order in which its place has them. */
export const allViews: readonly ViewSpec[] = [
  { id: 'curves', title: 'Learning curves', place: 'overview', mount: curvesView },
  { id: 'best', title: 'Best so far', place: 'overview', mount: bestView },
  { id: 'progress', title: 'Best value over trials', place: 'overview', mount: progressView },
  { id: 'health', title: 'Gradient health', place: 'overview', mount: healthView },
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
];
