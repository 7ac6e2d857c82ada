import type { ViewSpec } from '../page.js';
import { bestView } from './best.js';
import { curvesView } from './curves.js';
import { healthView } from './health.js';
import { progressView } from './progress.js';
import { rungsView } from './rungs.js';
import { timelineView } from './timeline.js';
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
  { id: 'trials', title: 'Trials', place: 'trials', mount: trialsView },
];
