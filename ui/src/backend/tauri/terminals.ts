import { Channel, invoke } from '@tauri-apps/api/core';
import type { TerminalsBackend } from '../terminals';
import type { TerminalSaid } from '../types';

export const terminals: TerminalsBackend = {
  terminals: (id) => invoke('terminals', { id }),
  openTerminal: (id, columns, rows) => invoke('open_terminal', { id, columns, rows }),
  listenTerminal: (terminal, onSaid) => {
    const channel = new Channel<TerminalSaid>();
    channel.onmessage = onSaid;
    return invoke('listen_terminal', { terminal, channel });
  },
  shownTerminal: (terminal, bytes) => invoke('shown_terminal', { terminal, bytes }),
  writeTerminal: (terminal, text) => invoke('write_terminal', { terminal, text }),
  resizeTerminal: (terminal, columns, rows) => invoke('resize_terminal', { terminal, columns, rows }),
  closeTerminal: (terminal) => invoke('close_terminal', { terminal }),
  openWith: (id, what, path, line) => invoke('open_with', { id, what, path, line }),
};
