import 'uplot/dist/uPlot.min.css';
import '../styles/page.css';
import '../styles/charts.css';
import '../styles/table.css';
import { type Connection, connection } from './connection.js';
import { byId } from './element.js';
import { focus } from './focus.js';
import { store } from './store.js';
import { readTheme } from './theme.js';
import { pageToken } from './token.js';
import { tooltip } from './tooltip.js';
import { bestView } from './views/best.js';
import { connectionView } from './views/connection.js';
import { curvesView } from './views/curves.js';
import { healthView } from './views/health.js';
import { overviewView } from './views/overview.js';
import { progressView } from './views/progress.js';
import { trialsView } from './views/trials.js';

let theme = readTheme();
const looking = focus();
const charts = { focus: looking, tooltip: tooltip(byId('tooltip')), theme: () => theme };
const curves = curvesView(byId('curves'), byId('curves-tools'), byId('curves-note'), charts);
const progress = progressView(byId('progress'), charts);

let live: Connection | undefined;
const model = store(
  [
    connectionView,
    overviewView(byId('overview')),
    bestView(byId('best'), looking),
    curves,
    progress,
    healthView(byId('health')),
    trialsView(byId('trials'), byId('trials-tools'), looking),
  ],
  () => Date.now(),
  () => live?.resume(),
);
live = connection({
  token: pageToken,
  resume: model.position,
  message: model.receive,
  state: model.setConnection,
  random: Math.random,
});

// Elapsed time and time left move on by themselves.
setInterval(model.touch, 1000);
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
  curves.redraw();
  progress.redraw();
});
