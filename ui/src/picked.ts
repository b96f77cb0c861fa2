import { further, type Action } from './actions';
import type { Sheet } from './state/bosk.svelte';
import { t } from './i18n/index.svelte';
import { number } from './shared/format';
import type { Bosk } from './state/bosk.svelte';
import { bulkOf } from './state/bulk.svelte';
import { deeds, toggled, type Deed } from './state/picked';

/** What can be done to several rows at once, from anywhere. */

/** Those that are asked about first. */
const asked: Partial<Record<Deed, Sheet>> = {
  message: 'picked-message',
  remove: 'picked-remove',
  cancel: 'picked-cancel',
};

async function run(bosk: Bosk, deed: Deed): Promise<void> {
  const { of, failed } = await bulkOf(bosk).simply(deed);
  if (failed.length === 0) bosk.said = t('picked.done', { deed: t(`picked.${deed}`), count: number(of) });
}

/** The row that has the focus, or is on screen. */
function cursor(bosk: Bosk): string | null {
  const row = document.activeElement?.closest<HTMLElement>('[data-session]');
  return row?.dataset['session'] ?? bosk.selected;
}

function pickedActions(bosk: Bosk): Action[] {
  if (bosk.kind !== 'main') return [];
  const bulk = bulkOf(bosk);
  const done: Action[] = [
    {
      id: 'pick',
      label: t('picked.toggle'),
      keys: ['x'],
      run: () => {
        const id = cursor(bosk);
        if (id && bosk.fleet.rows.some((row) => row.id === id)) bosk.picked = toggled(bosk.picked, id);
      },
    },
  ];
  if (bulk.running || bosk.picked.size === 0) return done;
  for (const deed of deeds) {
    const count = bulk.for(deed).length;
    if (count === 0) continue;
    const sheet = asked[deed];
    done.push({
      id: `picked-${deed}`,
      label: t('picked.of', { deed: t(`picked.${deed}`), count: number(count) }),
      run: () => (sheet ? void (bosk.sheet = sheet) : void run(bosk, deed)),
    });
  }
  return done;
}

further.everywhere.push(pickedActions);
