// What the simulator knows, fetched by polling; whoever listens is told what is new.

import { api } from "./dom.js";

const EVERY = 700;

export class Store {
  constructor() {
    Object.assign(this, { revision: 0, entry: 0, bubbles: new Map(), listeners: [], state: null });
  }

  listen(listener) {
    this.listeners.push(listener);
  }

  chat(key) {
    return [...this.bubbles.values()].filter((bubble) => bubble.chat === key);
  }

  // Polls for ever; a simulator that is away for a moment is asked again.
  async run() {
    for (;;) {
      await this.poll();
      await new Promise((resolve) => setTimeout(resolve, document.hidden ? EVERY * 4 : EVERY));
    }
  }

  async poll() {
    let state;
    try {
      state = await api("GET", `state?after=${this.revision}&entry=${this.entry}`);
    } catch {
      return;
    }
    if (state.revision < this.revision) this.forget();
    this.revision = state.revision;
    for (const bubble of state.bubbles) this.bubbles.set(bubble.id, bubble);
    this.entry = Math.max(this.entry, ...state.entries.map((entry) => entry.id));
    this.state = state;
    for (const listener of this.listeners) listener(state, state.bubbles);
  }

  forget() {
    Object.assign(this, { revision: 0, entry: 0 });
    this.bubbles.clear();
  }
}
