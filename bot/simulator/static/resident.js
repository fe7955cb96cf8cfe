// The resident's phone: the Official Account's chat with its menu.

import { $, api, attempt, el } from "./dom.js";
import { Chat } from "./chat.js";

const FIRST = [
  "锦绣江南3栋停电了", "怎么没电了", "电线冒火花了", "这个月电费怎么这么高", "我想装充电桩", "查一下工单", "人工",
];
const SAME = "锦绣江南5栋停电了";
const SCENE = "community_C010";
const NAMES = ["王芳", "李强", "张敏", "刘洋", "陈静", "杨磊", "赵婷", "黄涛", "周丽", "吴军"];

export class ResidentPhone {
  constructor(store) {
    this.store = store;
    this.openid = "";
    this.drawn = "";
    this.someone = new Promise((resolve) => { this.seated = resolve; });
    const actions = {
      open: (url) => `open?openid=${encodeURIComponent(this.openid)}&url=${encodeURIComponent(url)}`,
      choose: (item) => this.send({ content: item.content, menu_id: item.id }),
      press: () => {},
    };
    this.chat = new Chat($("#resident-chat"), {
      mine: (bubble) => bubble.sender === "resident", name: () => "用电服务号", actions,
    });
    this.listen();
    store.listen((state, bubbles) => this.update(state, bubbles));
  }

  listen() {
    $("#resident-pick").addEventListener("change", (event) => this.pick(event.target.value));
    $("#resident-new").addEventListener("click", () => this.arrive());
    $("#resident-many").addEventListener("click", () => this.many());
    $("#resident-chips").append(...FIRST.map((text) =>
      el("button", { type: "button", onclick: () => this.send({ content: text }) }, text)));
    $("#resident-say").addEventListener("submit", (event) => {
      event.preventDefault();
      const field = event.target.elements.text;
      if (field.value.trim()) this.send({ content: field.value });
      field.value = "";
    });
    $("#resident-plus").addEventListener("click", (event) => {
      const extras = $("#resident-extras");
      extras.hidden = !extras.hidden;
      event.target.setAttribute("aria-expanded", String(!extras.hidden));
    });
    document.addEventListener("click", (event) => {
      if (!event.target.closest("#resident-menu")) this.closeMenus();
    });
    $("#resident-extras").addEventListener("click", (event) => {
      const { type, again } = event.target.dataset;
      if (again !== undefined) this.again();
      if (type) this.send({ type, scene: type === "SCAN" ? SCENE : "", label: "浔江市莲溪路188号" });
    });
  }

  // Whoever speaks before the first resident has come waits for him.
  tell(verb, message) {
    return attempt(async () => {
      await this.someone;
      return api("POST", `residents/${encodeURIComponent(this.openid)}/${verb}`, { ...message, wait: false });
    });
  }

  send(message) {
    return this.tell("send", message);
  }

  again() {
    return this.tell("resend", {});
  }

  async arrive() {
    const taken = (this.store.state?.residents ?? []).map((resident) => resident.name);
    const name = NAMES.find((candidate) => !taken.includes(candidate)) || "";
    const resident = await attempt(() => api("POST", "residents", { name, event: true }));
    if (resident) {
      await this.store.poll();
      this.pick(resident.openid);
    }
  }

  many() {
    const names = Array.from({ length: 5 }, () => api("POST", "residents", {}));
    return attempt(async () => {
      const people = await Promise.all(names);
      await Promise.all(people.map((person) =>
        api("POST", `residents/${encodeURIComponent(person.openid)}/send`, { content: SAME, wait: false })));
      await this.store.poll();
      this.pick(people[0].openid);
    });
  }

  pick(openid) {
    this.openid = openid;
    this.seated();
    $("#resident-pick").value = openid;
    this.chat.clear();
    this.chat.show(this.store.chat(`resident:${openid}`));
  }

  update(state, bubbles) {
    this.people(state.residents);
    this.menu(state.menu);
    this.chat.show(bubbles.filter((bubble) => bubble.chat === `resident:${this.openid}`));
  }

  people(residents) {
    const key = JSON.stringify(residents.map((resident) => [resident.openid, resident.name, resident.subscribed]));
    if (key === this.drawn) return;
    this.drawn = key;
    $("#resident-pick").replaceChildren(...residents.map((resident) =>
      el("option", { value: resident.openid }, resident.name + (resident.subscribed ? "" : "（未关注）"))));
    if (!residents.length) this.arrive();
    else if (residents.some((resident) => resident.openid === this.openid)) $("#resident-pick").value = this.openid;
    else this.pick(residents[0].openid);
  }

  menu(buttons) {
    const key = JSON.stringify(buttons);
    if (key === this.menuKey) return;
    this.menuKey = key;
    $("#resident-menu").replaceChildren(...buttons.map((button) => this.entry(button)));
  }

  entry(button) {
    if (!button.sub_button?.length) return el("div", {}, el("button", { onclick: () => this.click(button) }, button.name));
    const list = el("ul", { hidden: true },
      ...button.sub_button.map((child) =>
        el("li", {}, el("button", { onclick: () => { list.hidden = true; this.click(child); } }, child.name))));
    const toggle = () => {
      const opening = list.hidden;
      this.closeMenus();
      list.hidden = !opening;
    };
    return el("div", {}, list, el("button", { onclick: toggle }, `≡ ${button.name}`));
  }

  closeMenus() {
    for (const list of $("#resident-menu").querySelectorAll("ul")) list.hidden = true;
  }

  click(button) {
    if (button.type === "view") {
      window.open(`open?openid=${encodeURIComponent(this.openid)}&url=${encodeURIComponent(button.url)}`, "_blank", "noopener");
      this.send({ type: "VIEW", url: button.url, name: button.name });
    } else {
      this.send({ type: "CLICK", key: button.key, name: button.name });
    }
  }
}
