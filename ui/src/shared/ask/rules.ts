import { t } from '../../i18n/index.svelte';

/** The CLI's proposals, put plainly. They come unchecked, and an unknown one is shown as it came. */

type Fields = Record<string, unknown>;
const modes = ['manual', 'acceptEdits', 'plan', 'auto', 'dontAsk', 'bypassPermissions'] as const;
const places = ['session', 'localSettings', 'projectSettings', 'userSettings'] as const;

export function wordRule(suggestion: unknown): string {
  const rule = (typeof suggestion === 'object' && suggestion !== null ? suggestion : {}) as Fields;
  const words = what(rule);
  const place = places.find((known) => known === rule['destination']);
  if (words === null) return t('rule.other', { json: JSON.stringify(suggestion) });
  return place ? `${words}, ${t(`rule.${place}`)}` : words;
}

function what(rule: Fields): string | null {
  if (rule['type'] === 'addRules' && rule['behavior'] === 'allow' && Array.isArray(rule['rules'])) {
    const words = rule['rules'].map((one: Fields) => {
      const tool = String(one['toolName'] ?? '');
      const content = one['ruleContent'];
      return typeof content === 'string'
        ? t('rule.toolContent', { tool, content })
        : t('rule.tool', { tool });
    });
    return words.length > 0 ? words.join('; ') : null;
  }
  if (rule['type'] === 'addDirectories' && Array.isArray(rule['directories'])) {
    return t('rule.directories', { paths: rule['directories'].join(', ') });
  }
  if (rule['type'] === 'setMode') {
    const mode = modes.find((known) => known === (rule['mode'] === 'default' ? 'manual' : rule['mode']));
    return mode ? t('rule.mode', { mode: t(`mode.${mode}`) }) : null;
  }
  return null;
}

/** A proposal that ends all asking: it takes a deliberate second press. */
export function isDangerous(suggestion: unknown): boolean {
  return (
    typeof suggestion === 'object' &&
    suggestion !== null &&
    (suggestion as Fields)['mode'] === 'bypassPermissions'
  );
}
