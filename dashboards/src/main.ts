import 'uplot/dist/uPlot.min.css';
import '../styles/page.css';
import '../styles/charts.css';
import '../styles/parameters.css';
import '../styles/table.css';
import '../styles/controls.css';
import '../styles/study.css';
import '../styles/replay.css';
import '../styles/header.css';
import '../styles/runs.css';
import '../styles/trial.css';
import { decodeChanges, decodeCurves, frameKind } from '../../src/live/frames.js';
import { connect } from './connect.js';
import type { Connection } from './connection.js';
import { byId } from './element.js';
import { lens } from './lens.js';
import { pageLink } from './link.js';
import type { Page, View } from './page.js';
import { replayBar } from './replay-bar.js';
import { cutCurves } from './replay-curves.js';
import { servedCurves } from './served-curves.js';
import { servedDetails } from './served-details.js';
import { shell } from './shell.js';
import { steering } from './steering.js';
import { store } from './store.js';
import { readTheme } from './theme.js';
import { pageToken } from './token.js';
import { tooltip } from './tooltip.js';
import { allViews } from './views/all.js';
import { connectionView } from './views/connection.js';
import { controlsView } from './views/controls.js';
import { filterBarView } from './views/filter-bar.js';
import { overviewView } from './views/overview.js';

let theme = readTheme();
let live: Connection | undefined;
const link = pageLink();
const looking = lens(link);
const served = servedCurves({
  say: see => live?.say(see) === true,
  // Two for each pixel of the widest chart: the least and the greatest value.
  points: () => Math.min(4096, Math.max(512, 2 * Math.round(innerWidth * devicePixelRatio))),
  clock: () => performance.now(),
});
const curves = cutCurves(served);
const commands = steering(message => live?.say(message));
const replay = replayBar(byId('replay'), byId('replay-opener'), {
  link,
  say: ask => live?.say(ask) === true,
  show(moment, changed) {
    curves.cut(moment?.fold);
    events.show(moment, changed);
  },
});
const details = servedDetails({ say: inspect => live?.say(inspect) === true, upTo: replay.position });
const page: Page = {
  theme: () => theme,
  tooltip: tooltip(byId('tooltip')),
  lens: looking,
  link,
  curves,
  details,
  steering: commands,
  redraw: () => events.redraw(),
  touch: () => events.touch(),
};
let over = false;
/** The list of studies was asked for while this one was read. */
let listed = false;
const keep: View = next => {
  looking.setFields(next.fields);
  // A moment of the past does not say whether the study is over.
  if (next.replay === undefined) over = next.study.finishReason !== undefined;
};
const events = store(
  [
    keep,
    connectionView(page),
    controlsView(byId('steer'), page),
    filterBarView(byId('steer'), byId('filters'), page),
    overviewView(byId('overview'), page),
    shell(byId('places'), byId('page'), allViews, page),
  ],
  () => Date.now(),
  {
    event: event => event.type === 'trial-reported' && served.take(event),
    greeted(everything) {
      served.ask(everything);
      details.ask();
      replay.ready();
      live?.say({ type: 'list' });
    },
    forgotten() {
      served.clear();
      details.clear();
      replay.close();
      curves.cut(undefined);
    },
    gap: () => live?.resume(),
  },
);
let study = link.get('study');
live = connect({
  token: () => pageToken('token'),
  controlToken: () => pageToken('control'),
  study: () => study,
  resume: events.position,
  message(message) {
    commands.hear(message);
    // Meanwhile there may be others to look at.
    if (message.type === 'reading' && !listed) listed = live?.say({ type: 'list' }) === true;
    // The list says why a stored study is over.
    if (message.type === 'ended' && message.error !== undefined) live?.say({ type: 'list' });
    if (message.type === 'detail') details.hear(message);
    events.receive(message);
    if (message.type === 'detail') events.touch();
  },
  frame(bytes) {
    const kind = frameKind(bytes);
    if (kind === 'curves') {
      served.hear(decodeCurves(bytes));
      events.touch();
    } else if (kind === 'changes') {
      const changes = decodeChanges(bytes);
      if (changes.id === undefined) events.follow(changes);
      else replay.hear(changes, bytes);
    }
  },
  state(state) {
    listed = false;
    if (state.kind !== 'live') {
      commands.lose();
      replay.lose();
    }
    events.setConnection(state);
  },
  over: () => over,
  random: Math.random,
});

// Elapsed time and time left move on by themselves.
setInterval(() => {
  served.tidy();
  events.touch();
}, 1000);
looking.onChange(change => {
  if (change === 'filter') events.redraw();
});
link.onChange(() => {
  if (link.get('study') === study) return live.retry();
  study = link.get('study');
  events.forget();
  live.reopen();
});
addEventListener('online', () => live.retry());
addEventListener('focus', () => live.retry());
addEventListener('keydown', event => {
  if (event.key === 'Escape' && looking.pinned !== undefined) looking.pin(undefined);
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) live.retry();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  theme = readTheme();
  events.redraw();
});
