// The inspector: real traffic, quotas, ordered faults, the clock.

import { $, api, attempt, clock, day, el } from "./dom.js";

const KEPT = 200;
const UNRULY = {
  duplicate: "再发一遍", concurrent: "三份同时到", delay: "晚到 6 秒", reorder: "乱序", drop: "丢掉", bad_signature: "签名错", stale: "过期一小时",
};
const STEPS = { "1 分钟": 60, "1 小时": 3600, "1 天": 86400, "48 小时": 172800, "3 天": 259200, "30 天": 2592000 };

const pretty = (value) => (typeof value === "string" ? value.replaceAll(/(<\/\w+>|<xml>)</g, "$1\n<") : JSON.stringify(value, null, 2));

export class Inspector {
  constructor(store) {
    this.store = store;
    this.direction = "";
    this.buttons();
    store.listen((state) => this.update(state));
  }

  buttons() {
    for (const tab of document.querySelectorAll("[data-tab]")) {
      tab.addEventListener("click", () => this.open(tab.dataset.tab));
    }
    for (const filter of document.querySelectorAll("[data-direction]")) {
      filter.addEventListener("click", () => this.filter(filter.dataset.direction));
    }
    const turn = (body) => attempt(() => api("POST", "switches", body).then(() => this.store.poll()));
    $("#unruly").append(...Object.entries(UNRULY).map(([name, label]) => el("button", {
      "data-name": name, onclick: () => turn({ [name]: this.store.state.switches[name] + 1 }),
    }, label)));
    $("#mode").addEventListener("change", (event) => turn({ mode: event.target.value }));
    $("#clock-steps").append(...Object.entries(STEPS).map(([label, seconds]) => el("button", {
      onclick: () => attempt(() => api("POST", "clock", { forward: seconds }).then(() => this.store.poll())),
    }, `过 ${label}`)));
    $("#reset").addEventListener("click", () => attempt(() => api("POST", "reset").then(() => location.reload())));
    $("#fault-form").addEventListener("submit", (event) => this.order(event));
  }

  order(event) {
    event.preventDefault();
    const { path, kind, times } = event.target.elements;
    const [name, code] = kind.value.split(":");
    const seconds = { silence: 6, latency: 3 }[name] || 0;
    const body = { path: path.value, kind: name, times: Number(times.value), seconds };
    if (code) body.code = Number(code);
    attempt(() => api("POST", "faults", body).then(() => this.store.poll()));
  }

  open(name) {
    for (const tab of document.querySelectorAll("[data-tab]")) {
      tab.setAttribute("aria-selected", String(tab.dataset.tab === name));
    }
    for (const panel of document.querySelectorAll("[data-tab-panel]")) {
      panel.hidden = panel.dataset.tabPanel !== name;
    }
  }

  filter(direction) {
    this.direction = direction;
    for (const button of document.querySelectorAll("[data-direction]")) {
      if (button.tagName === "BUTTON") button.setAttribute("aria-pressed", String(button.dataset.direction === direction));
    }
    for (const row of $("#traffic").children) row.hidden = Boolean(direction) && row.dataset.way !== direction;
  }

  update(state) {
    for (const entry of state.entries) $("#traffic").prepend(this.row(entry));
    while ($("#traffic").children.length > KEPT) $("#traffic").lastChild.remove();
    $("#traffic-empty").hidden = $("#traffic").children.length > 0;
    for (const button of $("#unruly").children) {
      const left = state.switches[button.dataset.name];
      button.replaceChildren(UNRULY[button.dataset.name], left ? el("b", {}, `×${left}`) : "");
    }
    if (document.activeElement !== $("#mode")) $("#mode").value = state.switches.mode;
    $("#now").textContent = day(state.clock.now);
    this.quotas(state);
    this.faults(state.faults);
  }

  row(entry) {
    const answer = entry.answer?.errcode;
    const bad = entry.status === null || entry.status >= 400 || Boolean(answer) || entry.note.startsWith("fault");
    const result = entry.status === null ? entry.note || "没有回应" : answer ? String(answer) : String(entry.status);
    const details = [
      ["明文", entry.decoded], ["收到的参数", Object.keys(entry.query).length ? entry.query : ""],
      ["报文", entry.body], ["回包", entry.answer], ["备注", entry.note],
    ].filter(([, value]) => value !== "" && value != null);
    const out = entry.direction === "callback";
    const row = el("li", { "data-way": entry.direction, hidden: Boolean(this.direction) && this.direction !== entry.direction });
    const open = el("details", { ontoggle: () => {
      if (open.children.length === 1) {
        open.append(...details.flatMap(([name, value]) => [el("h5", {}, name), el("pre", {}, pretty(value))]));
      }
    } }, el("summary", {},
      el("time", {}, clock(entry.at)),
      el("span", { class: out ? "arrow" : "arrow api", title: out ? "平台推给产品" : "产品调用平台" }, out ? "⇢" : "⇠"),
      el("span", { class: "path", title: entry.path }, entry.path.replace("/cgi-bin/", "")),
      el("span", { class: bad ? "result bad" : "result" }, `${result} · ${Math.round(entry.milliseconds)} ms`)));
    row.append(open);
    return row;
  }

  quotas(state) {
    const openid = $("#resident-pick").value;
    const resident = state.residents.find((candidate) => candidate.openid === openid);
    const { remaining = 0, until = 0 } = resident?.quota || {};
    const open = until > state.clock.now;
    $("#window").textContent = open ? `还能主动发 ${remaining} 条，到 ${day(until)} 为止。` : "窗口已关：居民再说一句话才能主动发，现在只能发模板消息。";
    $("#quotas").replaceChildren(...Object.entries(state.quotas).map(([path, quota]) =>
      el("tr", {}, el("td", {}, path), el("td", {}, String(quota.used)), el("td", {}, quota.limit == null ? "–" : String(quota.limit)))));
  }

  faults(faults) {
    $("#faults").replaceChildren(...faults.map((fault) => el("li", {},
      el("span", {}, `/${fault.path} · ${fault.kind}${fault.kind === "errcode" ? ` ${fault.code}` : ""} · ${fault.times == null ? "一直" : `还有 ${fault.times} 次`}`),
      el("button", { onclick: () => attempt(() => api("DELETE", `faults/${fault.id}`)) }, "撤掉"))));
  }
}
