import { further, type Action } from './actions';
import { t } from './i18n/index.svelte';
import type { Bosk } from './state/bosk.svelte';
import { variantsOf } from './state/variants.svelte';

/** What can be done to several attempts at the same, from anywhere. */

/** Groups that are offered: the newest. */
const OFFERED = 8;

function here(bosk: Bosk): Action[] {
  const variants = variantsOf(bosk);
  const { here: group } = variants;
  if (!group || group.attempts.length < 2) return [];
  const run = () => variants.compare(group.name);
  return [{ id: 'compare-variants', label: t('variants.compare'), keys: ['v'], run }];
}

function others(bosk: Bosk): Action[] {
  const variants = variantsOf(bosk);
  return [...variants.groups.values()]
    .filter(({ name, attempts }) => name !== variants.here?.name && attempts.length > 1)
    .slice(-OFFERED)
    .map(({ name, title }) => ({
      id: `compare-${name}`,
      label: t('variants.compareNamed', { title }),
      run: () => variants.compare(name),
    }));
}

// The first picture does without: whoever reads this adds them.
further.here.push(here);
further.everywhere.push(others);
