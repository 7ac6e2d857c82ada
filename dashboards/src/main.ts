import 'uplot/dist/uPlot.min.css';
import '../styles/page.css';
import '../styles/charts.css';
import '../styles/table.css';
import '../styles/controls.css';
import '../styles/study.css';
import { type Connection, connection } from './connection.js';
import { byId } from './element.js';
import { lens } from './lens.js';
import { pageLink } from './link.js';
import { localCurves } from './local-curves.js';
import { localDetails } from './local-details.js';
import type { Model, Page, View } from './page.js';
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
let model: Model | undefined;
let live: Connection | undefined;
const link = pageLink();
const looking = lens(link);
const curves = localCurves();
const commands = steering(message => live?.say(message));
const page: Page = {
  theme: () => theme,
  tooltip: tooltip(byId('tooltip')),
  lens: looking,
  link,
  curves,
  details: localDetails(() => model),
  steering: commands,
  redraw: () => events.redraw(),
};
const keep: View = (next, changed) => {
  model = next;
  looking.setFields(next.fields);
  curves.update(next, changed);
};
const events = store(
  [
    keep,
    connectionView,
    controlsView(byId('steer'), page),
    filterBarView(byId('steer'), byId('filters'), page),
    overviewView(byId('overview')),
    shell(byId('places'), byId('page'), allViews, page),
  ],
  () => Date.now(),
  () => live?.resume(),
);
live = connection({
  token: () => pageToken('token'),
  controlToken: () => pageToken('control'),
  resume: events.position,
  message(message) {
    commands.hear(message);
    events.receive(message);
  },
  state(state) {
    if (state.kind !== 'live') commands.lose();
    events.setConnection(state);
  },
  random: Math.random,
});

// Elapsed time and time left move on by themselves.
setInterval(events.touch, 1000);
looking.onChange(change => {
  if (change === 'filter') events.redraw();
});
addEventListener('hashchange', () => live.retry());
addEventListener('online', () => live.retry());
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
