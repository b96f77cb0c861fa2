import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/base.css';
import './styles/markdown.css';
import App from './App.svelte';
import { chooseBackend } from './backend';
import { learn, speech } from './i18n/index.svelte';
import { Bosk } from './state/bosk.svelte';
import { clock } from './state/clock.svelte';
import { Connection } from './state/connection';
import { Store } from './state/store.svelte';
import { whichWindow } from './windows/kind';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');

const backend = await chooseBackend();
const { kind, id } = whichWindow(location.search);
if (kind === 'main') {
  const store = new Store();
  const bosk = new Bosk(store, backend, new Connection(backend, store));
  // First: it takes what came with the page, or the answer is on its way while the window is drawn.
  void bosk.connection.subscribe(backend.first());
  clock.start();
  speech.chosen = store.settings.language;
  await learn();
  mount(App, { target, props: { bosk } });
  if (id) bosk.select(id);
} else {
  clock.start();
  // A part of its own, so that the main window does not read it.
  const { open } = await import('./windows/open');
  await open(kind, id, backend, target);
}
