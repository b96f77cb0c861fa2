import type { Plugin } from 'vite';

/** Where a library assigns what it inherits from `Object.prototype`. */
const assigned = /\b([\w$]+)\.toString=([\w$]+)\b(?=[;,)}])/g;

/**
 * The app freezes `Object.prototype` (`freezePrototype` in tauri.conf.json), so that nothing that gets into the page can
 * change what all objects are. In strict mode an assignment to a name that is inherited from there throws then, where
 * a definition does not; xterm.js 6 begins with such an assignment.
 */
export function definedOnFrozen(): Plugin {
  return {
    name: 'defined-on-frozen',
    apply: 'build',
    transform(code, id) {
      if (!/@xterm\/xterm\/lib\/xterm\.mjs$/.test(id)) return null;
      const defined = code.replace(
        assigned,
        (_, object: string, value: string) =>
          `Object.defineProperty(${object},"toString",{value:${value},configurable:true,writable:true})`,
      );
      if (defined === code) this.error(`Nothing is assigned in ${id} any more: this plugin can go.`);
      return { code: defined, map: null };
    },
  };
}
