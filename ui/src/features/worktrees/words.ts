import type { Loss, WorktreeView } from '../../backend/types';
import { plural, t } from '../../i18n/index.svelte';
import { number, size } from '../../shared/format';
import { fileName } from '../../shared/words';
import { uncommitted } from '../../state/worktrees';
import type { Waste } from '../../state/worktrees.svelte';

/** What is known of a worktree, in words. */

export interface Fact {
  words: string;
  look?: 'good' | 'warn';
}

/** What it is called: by its branch, or by its folder. */
export const nameOf = ({ branch, folder }: { branch: string | null; folder: string }) => branch ?? folder;

/** What something that can go is known by. */
export const nameOfWaste = ({ suggestion: { branch, place } }: Waste) => branch ?? fileName(place);

/** How its files differ from its commit. */
export function filesFacts(worktree: WorktreeView): Fact[] {
  if (worktree.missing) return [{ words: t('worktrees.missing'), look: 'warn' }];
  if (worktree.problem === null && uncommitted(worktree) === 0)
    return [{ words: t('worktrees.nothingChanged') }];
  const facts: Fact[] = [];
  const { conflicted } = worktree;
  if (conflicted > 0)
    facts.push({ words: plural('worktrees.conflicted', conflicted, number(conflicted)), look: 'warn' });
  for (const kind of ['modified', 'untracked'] as const)
    if (worktree[kind] > 0)
      facts.push({ words: plural(`worktrees.${kind}`, worktree[kind], number(worktree[kind])) });
  return facts;
}

/** How its commits stand to its base and to remotes. */
export function commitFacts(worktree: WorktreeView): Fact[] {
  const { merged, ahead, behind, unpushed, base, missing, problem } = worktree;
  const facts: Fact[] = [];
  if (merged) facts.push({ words: t(`worktrees.merged.${merged}`), look: 'good' });
  if (ahead > 0 && merged !== 'commits')
    facts.push({ words: plural('worktrees.ahead', ahead, number(ahead)) });
  if (behind > 0) facts.push({ words: plural('worktrees.behind', behind, number(behind)) });
  if (facts.length === 0 && base !== null && !missing && problem === null)
    facts.push({ words: t('worktrees.level', { base }) });
  if (unpushed) facts.push({ words: plural('worktrees.unpushed', unpushed, number(unpushed)) });
  return facts;
}

/** What exists nowhere else. */
export function lossWords(loss: Loss): string {
  switch (loss.kind) {
    case 'uncommitted':
    case 'untracked':
      return plural(`loss.${loss.kind}`, loss.files, number(loss.files));
    case 'stashed':
      return plural('loss.stashed', loss.stashes, number(loss.stashes));
    case 'unpushed':
    case 'unmerged':
      return plural(`loss.${loss.kind}`, loss.commits, number(loss.commits));
    case 'ignored': {
      const words = plural('loss.ignored', loss.entries, number(loss.entries));
      return t('loss.sized', { words, size: size(loss.bytes) });
    }
    case 'nested':
      return t('loss.nested', { paths: loss.paths.join(', ') });
  }
}
