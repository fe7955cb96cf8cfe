// One chat on one phone: keeps its bubbles up to date and scrolls with them.

import { clock, el } from "./dom.js";
import { article, templateCard, templateMessage } from "./cards.js";
import { linked } from "./text.js";

const FAULT = "出现故障";

function picture(bubble) {
  const { media_id: id, media_type: type } = bubble.data;
  if (!id || type !== "image") return null;
  return el("img", { src: `media/${encodeURIComponent(id)}`, alt: "图片" });
}

function attachments(bubble, actions) {
  return (bubble.data.attachments || []).map((item) =>
    item.link ? article({ ...item.link, description: item.link.desc }, actions) : `[${item.msgtype}]`);
}

function body(bubble, actions) {
  if (bubble.data.card) return templateCard(bubble, actions);
  if (bubble.kind === "template") return templateMessage(bubble, actions);
  if (bubble.data.articles) return el("div", {}, ...bubble.data.articles.map((a) => article(a, actions)));
  if (bubble.kind === "textcard") {
    const { description, url } = bubble.data;
    return article({ title: bubble.text, description, url }, actions);
  }
  const node = el("div", { class: "body" }, picture(bubble) || el("span", {}, ...linked(bubble.text, actions)));
  if (bubble.data.items) node.append(menu(bubble, actions));
  if (bubble.data.tail) node.append(el("span", {}, bubble.data.tail));
  if (bubble.data.note) node.append(el("small", { class: "aside" }, bubble.data.note));
  node.append(...attachments(bubble, actions));
  return node;
}

function menu(bubble, { choose }) {
  const items = bubble.data.items.map((item) =>
    el("button", { type: "button", onclick: () => choose(item) }, item.content));
  return el("div", { class: "items" }, ...items);
}

const WAYS = { custom: "客服消息", template: "模板消息", passive: "", webhook: "机器人", groupmsg: "群主群发", subscription: "订阅通知" };

export class Chat {
  // `mine` tells whether a bubble was written by this phone's owner; `name` names a sender.
  constructor(node, { mine, name, actions }) {
    Object.assign(this, { node, mine, name, actions, shown: new Map() });
  }

  clear() {
    this.node.replaceChildren();
    this.shown.clear();
  }

  show(bubbles) {
    const atEnd = this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < 80;
    for (const bubble of bubbles) {
      const fresh = this.draw(bubble);
      const old = this.shown.get(bubble.id);
      if (old) old.replaceWith(fresh);
      else this.node.append(fresh);
      this.shown.set(bubble.id, fresh);
    }
    if (bubbles.length && atEnd) this.node.scrollTop = this.node.scrollHeight;
  }

  draw(bubble) {
    const own = this.mine(bubble);
    const classes = ["bubble", own && "own", bubble.sender === "system" && "system", bubble.text.includes(FAULT) && "fault"];
    const way = [own ? "" : this.name(bubble.sender), WAYS[bubble.via] || "", clock(bubble.at).slice(0, 5)];
    return el("div", { class: classes.filter(Boolean).join(" "), "data-id": bubble.id },
      bubble.sender === "system" ? null : el("span", { class: "who" }, way.filter(Boolean).join(" · ")),
      body(bubble, this.actions));
  }
}
