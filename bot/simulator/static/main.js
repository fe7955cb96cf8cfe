// The playground's start: one store, three phones, one inspector.

import { $, attempt } from "./dom.js";
import { GroupPhone, MemberPhone } from "./company.js";
import { Inspector } from "./inspector.js";
import { ResidentPhone } from "./resident.js";
import { Store } from "./store.js";

function tabs(store) {
  const buttons = [...document.querySelectorAll("[data-panel]")];
  const show = (name) => {
    for (const button of buttons) button.setAttribute("aria-selected", String(button.dataset.panel === name));
    for (const panel of document.querySelectorAll(".desk > *")) panel.toggleAttribute("data-shown", panel.id === name);
    $(`[data-panel="${name}"] .dot`)?.setAttribute("hidden", "");
    const chat = $(`#${name}-chat`);
    if (chat) chat.scrollTop = chat.scrollHeight;
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.panel));
  let started = false;
  store.listen((_, bubbles) => {
    for (const bubble of started ? bubbles : []) {
      const name = bubble.chat.split(":")[0];
      const button = $(`[data-panel="${name}"]`);
      if (button?.getAttribute("aria-selected") === "false") $(".dot", button).hidden = false;
    }
    started = true;
  });
}

const store = new Store();
new ResidentPhone(store);
new GroupPhone(store);
new MemberPhone(store);
new Inspector(store);
tabs(store);
attempt(() => store.run());
