// The two phones on the company's side: a group, and a member's WeCom application.

import { $, api, attempt, el, toast } from "./dom.js";
import { Chat } from "./chat.js";

const KINDS = { customer: "客户群", webhook: "内部群", appchat: "应用群" };
const FIRST_GROUP = "锦绣江南";
const FIRST_MEMBER = "liuxiaoyan";
const COMMANDS = ["我的工单", "接单 ", "到场 ", "回复 ", "办结 ", "转派 ", "升级 "];

class CompanyPhone {
  constructor(store, { name, prefix, first, label, mine, actions }) {
    Object.assign(this, { store, name, prefix, first, label, who: "", drawn: "" });
    this.chat = new Chat($(`#${name}-chat`), { mine, name: (sender) => this.called(sender), actions });
    $(`#${name}-pick`).addEventListener("change", (event) => {
      $(`#${name}-follow`).checked = false;
      this.pick(event.target.value);
    });
    store.listen((state, bubbles) => this.update(state, bubbles));
  }

  called(sender) {
    const named = { app: "用电服务", robot: "消息推送", bot: "用电小助手" };
    const member = this.store.state.members.find((candidate) => candidate.userid === sender);
    return named[sender] || member?.name || sender;
  }

  pick(who) {
    this.who = who;
    $(`#${this.name}-pick`).value = who;
    this.chat.clear();
    this.chat.show(this.store.chat(this.prefix + who));
    if (this.store.state) this.tasks(this.store.state);
    this.picked?.();
  }

  update(state, bubbles) {
    this.list(this.choices(state));
    const news = bubbles.filter((bubble) => bubble.chat.startsWith(this.prefix));
    const last = news.findLast((bubble) => this.calls(bubble));
    const target = last?.chat.slice(this.prefix.length);
    if (target && target !== this.who && $(`#${this.name}-follow`).checked) this.pick(target);
    else this.chat.show(news.filter((bubble) => bubble.chat === this.prefix + this.who));
    this.tasks(state);
  }

  calls() {
    return true;
  }

  list(choices) {
    const key = JSON.stringify(choices);
    if (key === this.drawn) return;
    this.drawn = key;
    $(`#${this.name}-pick`).replaceChildren(...choices.map(([value, text]) => el("option", { value }, text)));
    if (choices.some(([value]) => value === this.who)) $(`#${this.name}-pick`).value = this.who;
    else if (choices.length) this.pick((choices.find(([value, text]) => this.first(value, text)) || choices[0])[0]);
  }

  tasks(state) {
    const waiting = state.tasks.filter((task) => this.concerns(task));
    const key = JSON.stringify([this.who, waiting.map((task) => task.msgid)]);
    if (key === this.taskKey) return;
    this.taskKey = key;
    $(`#${this.name}-tasks`).replaceChildren(...waiting.map((task) => this.task(task)));
  }

  task(task) {
    const confirm = () => attempt(async () => {
      await api("POST", `tasks/${encodeURIComponent(task.msgid)}/confirm`);
      await this.store.poll();
    });
    return el("div", { class: "task" },
      el("b", {}, `待群主${this.called(task.sender)}确认 · ${task.targets.length} 个群`),
      el("p", {}, task.text),
      el("button", { onclick: confirm }, "以群主身份确认发送"));
  }
}

export class GroupPhone extends CompanyPhone {
  constructor(store) {
    super(store, {
      name: "group", prefix: "group:",
      first: (_, text) => text.includes(FIRST_GROUP),
      mine: (bubble) => bubble.via === "group member",
      actions: {
        open: (url) => `open?url=${encodeURIComponent(url)}`,
        choose: () => {},
        press: (bubble, key) => attempt(() => api("POST", `groups/${encodeURIComponent(this.who)}/press`, { userid: this.speaker(), key, wait: false })),
      },
    });
    $("#group-say").addEventListener("submit", (event) => {
      event.preventDefault();
      const field = event.target.elements.text;
      const content = field.value.trim();
      field.value = "";
      if (content) this.say(content);
    });
  }

  group() {
    return this.store.state?.groups.find((group) => group.target === this.who);
  }

  speaker() {
    return this.group()?.owner || this.store.state.members[0]?.userid || "member";
  }

  say(content) {
    const mention = this.group()?.kind !== "customer" || this.store.state.switches.aibot_in_customer_groups;
    return attempt(() => api("POST", `groups/${encodeURIComponent(this.who)}/send`,
      { userid: this.speaker(), content, mention, wait: false }));
  }

  choices(state) {
    return state.groups.map((group) => [group.target, `${group.name}（${KINDS[group.kind]}）`]);
  }

  concerns(task) {
    return task.targets.includes(this.who);
  }

  picked() {
    const group = this.group();
    const customer = group?.kind === "customer";
    $("#group-title").textContent = group?.name || "群";
    $("#group-say .send").textContent = customer ? "发送" : "@ 机器人";
    $("#group-say").elements.text.placeholder = customer ? "在群里说一句" : "问机器人：锦绣江南今天停电吗";
    $("#group-note").textContent = customer
      ? "居民在的客户群：机器人进不来，停电通知由群主点确认后发出。"
      : "内部群：机器人和消息推送直接可用，没有居民。";
  }
}

export class MemberPhone extends CompanyPhone {
  constructor(store) {
    super(store, {
      name: "member", prefix: "member:",
      first: (value) => value === FIRST_MEMBER,
      mine: (bubble) => bubble.sender === "member",
      actions: {
        open: (url) => `open?userid=${encodeURIComponent(this.who)}&url=${encodeURIComponent(url)}`,
        choose: () => {},
        press: (bubble, key, selected) => attempt(() => api("POST", `members/${encodeURIComponent(this.who)}/press`, { bubble: bubble.id, key, selected, wait: false })
          .then(() => toast("已点按钮，等产品回应"))),
      },
    });
    const field = $("#member-say").elements.text;
    $("#member-chips").append(...COMMANDS.map((text) => el("button", {
      type: "button",
      onclick: () => {
        if (text.endsWith(" ")) Object.assign(field, { value: text + this.lastNumber() }).focus();
        else this.say(text);
      },
    }, text.trim())));
    $("#member-say").addEventListener("submit", (event) => {
      event.preventDefault();
      const content = field.value.trim();
      field.value = "";
      if (content) this.say(content);
    });
  }

  lastNumber() {
    const texts = this.store.chat(`member:${this.who}`).map((bubble) => bubble.text + JSON.stringify(bubble.data));
    return texts.join(" ").match(/T\d{13,}/g)?.at(-1)?.concat(" ") || "";
  }

  say(content) {
    return attempt(() => api("POST", `members/${encodeURIComponent(this.who)}/send`, { content, wait: false }));
  }

  calls(bubble) {
    return bubble.sender !== "member";
  }

  choices(state) {
    return state.members.map((member) => [member.userid, `${member.name}（${member.userid}）`]);
  }

  concerns(task) {
    return task.sender === this.who;
  }
}
