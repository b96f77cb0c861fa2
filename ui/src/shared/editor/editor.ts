import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit, LanguageDescription } from '@codemirror/language';
import { languages } from '@codemirror/language-data';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { t } from '../../i18n/index.svelte';
import { styleNonce } from '../nonce';
import { theme } from './theme';

/** A text editor (CodeMirror): its keys, words and colours. What becomes of the text is for whoever uses it. */

export interface Wanted {
  text: string;
  /** Tells the language. */
  path: string;
  label: string;
  readonly?: boolean;
  /** The line that is shown at first, from one. */
  line?: number | undefined;
  onchange?: (text: string) => void;
  onsave?: () => void;
  /** Esc: whoever uses it takes the focus elsewhere, since Tab indents. */
  onleave?: () => void;
  extensions?: Extension;
}

/** What hides in text, beyond what the editor reveals by itself: as in visible.ts. */
const hidden =
  // eslint-disable-next-line no-misleading-character-class
  /[\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFE00-\uFE0D\uFFA0\uFFF0-\uFFFB\u{E0000}-\u{E0FFF}]/gu;

/** As shared/Revealed.svelte has it: by its number. */
function revealed(number: number): HTMLElement {
  const code = `U+${number.toString(16).toUpperCase().padStart(4, '0')}`;
  const mark = document.createElement('span');
  mark.className = 'cm-specialChar';
  mark.textContent = code;
  mark.setAttribute('role', 'img');
  mark.setAttribute('aria-label', t('hidden.character', { code }));
  return mark;
}

function phrases(): Record<string, string> {
  return {
    Find: t('find.find'),
    Replace: t('find.replace'),
    next: t('find.next'),
    previous: t('find.previous'),
    all: t('find.all'),
    'match case': t('find.case'),
    regexp: t('find.regexp'),
    'by word': t('find.word'),
    replace: t('find.replaceOne'),
    'replace all': t('find.replaceAll'),
    close: t('find.close'),
    'current match': t('find.current'),
    'on line': t('find.onLine'),
    'replaced match on line $': t('find.replacedOne'),
    'replaced $ matches': t('find.replacedAll'),
    'Go to line': t('find.goToLine'),
    go: t('find.go'),
    'Selection deleted': t('find.deleted'),
  };
}

/** Four spaces, two or a tab: as the text itself begins its lines. */
export function indentOf(text: string): string {
  const first = /^(\t+|  +)\S/m.exec(text)?.[1];
  if (!first) return '  ';
  return first.startsWith('\t') ? '\t' : first.length % 4 === 0 ? '    ' : '  ';
}

/** What all lines end with; where they differ, the others show as control characters and stay. */
const lineEnds = (text: string) => (/\r\n/.test(text) && !/(^|[^\r])\n/.test(text) ? '\r\n' : '\n');

export function makeEditor(parent: HTMLElement, wanted: Wanted): EditorView {
  const { text, path, label, readonly = false, line, onchange, onsave, onleave } = wanted;
  const language = new Compartment();
  const ends = lineEnds(text);
  const state = EditorState.create({
    doc: text,
    extensions: [
      EditorView.cspNonce.of(styleNonce()),
      EditorState.phrases.of(phrases()),
      EditorView.contentAttributes.of({ 'aria-label': label, 'aria-multiline': 'true', tabindex: '0' }),
      // A file keeps its line ends; what is pasted takes to them.
      EditorState.lineSeparator.of(ends),
      EditorView.clipboardInputFilter.of((pasted) => pasted.replace(/\r\n?|\n/g, ends)),
      lineNumbers(),
      highlightSpecialChars({ addSpecialChars: hidden, render: revealed }),
      history(),
      drawSelection(),
      indentOnInput(),
      indentUnit.of(indentOf(text)),
      bracketMatching(),
      search(),
      highlightSelectionMatches(),
      EditorView.lineWrapping,
      language.of([]),
      theme,
      readonly
        ? [EditorState.readOnly.of(true), EditorView.editable.of(false)]
        : [highlightActiveLine(), highlightActiveLineGutter()],
      keymap.of([
        { key: 'Mod-s', preventDefault: true, run: () => (onsave?.(), true) },
        ...defaultKeymap,
        ...searchKeymap,
        ...historyKeymap,
        ...(readonly ? [] : [indentWithTab]),
        // Last: it closes what is open inside first.
        { key: 'Escape', run: () => (onleave?.(), onleave !== undefined) },
      ]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onchange?.(textOf(update.state));
      }),
      wanted.extensions ?? [],
    ],
  });
  const view = new EditorView({ state, parent });
  const found = LanguageDescription.matchFilename(languages, path.slice(path.lastIndexOf('/') + 1));
  // Read when it is needed. Without it the text is plain, and can be edited all the same.
  void found
    ?.load()
    .then((read) => view.dispatch({ effects: language.reconfigure(read) }))
    .catch(() => undefined);
  if (line !== undefined) showLine(view, line);
  return view;
}

/** The text with its own line ends. */
export const textOf = (state: EditorState) => state.sliceDoc();

/** Puts the cursor on a line, in the middle of what is seen. */
export function showLine(view: EditorView, line: number): void {
  const { from } = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
  view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
}
