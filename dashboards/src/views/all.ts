import type { ViewSpec } from '../page.js';
import { bestView } from './best.js';
import { compareView } from './compare.js';
import { curvesView } from './curves.js';
import { dataView } from './data.js';
import { fileView } from './file.js';
import { healthView } from './health.js';
import { progressView } from './progress.js';
import { spaceView } from './space.js';
import { studiesView } from './studies.js';
import { studiesCompareView } from './studies-compare.js';
import { howView } from './study-how.js';
import { logView } from './study-log.js';
import { trialsView } from './trials.js';

/** Every panel of the page, in the order in which its place has them. */
export const allViews: readonly ViewSpec[] = [
  { id: 'curves', title: 'Learning curves', place: 'overview', mount: curvesView },
  { id: 'best', title: 'Best so far', place: 'overview', mount: bestView },
  { id: 'progress', title: 'Best value over trials', place: 'overview', mount: progressView },
  { id: 'health', title: 'Gradient health', place: 'overview', mount: healthView },
  { id: 'trials', title: 'Trials', place: 'trials', mount: trialsView },
  { id: 'compare', title: 'Side by side', place: 'trials', mount: compareView },
  { id: 'space', title: 'Search space', place: 'study', mount: spaceView },
  { id: 'how', title: 'How it searches', place: 'study', mount: howView },
  {
    id: 'log',
    title: 'What was asked of it',
    place: 'study',
    when: ({ study }) => study.deeds.length > 0,
    mount: logView,
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
