import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/base.css';
import './styles/markdown.css';
import App from './App.svelte';
import { chooseBackend } from './backend';
import { duration } from './shared/format';
import { Bosk } from './state/bosk.svelte';
import { clock } from './state/clock.svelte';
import { Connection } from './state/connection';
import { Store } from './state/store.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');

const backend = await chooseBackend();
const store = new Store();
const bosk = new Bosk(store, backend, new Connection(backend, store));
// First, so that the answer is on its way while the window is drawn.
void bosk.connection.subscribe();
clock.start();
mount(App, { target, props: { bosk } });
// The first figure takes 6 ms, which are free as long as the answer is on its way.
duration(0);
