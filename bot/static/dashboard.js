// The wall: figures as they change, panels that turn, every figure a link to its tickets.
"use strict";

const EVERY = 5000;
const TURN = 15000;
const REOPEN = 60000;
const COLOURS = ["#3fd0c2", "#f4a259", "#7aa2f7", "#ff8a80", "#c3a6ff"];
const charts = new Map();

function element(tag, props = {}, ...children) {
  const made = Object.assign(document.createElement(tag), props);
  made.append(...children.filter((child) => child !== null));
  return made;
}

// A wall is read from across the room.
const size = () => (innerWidth >= 1200 ? 17 : 13);

function colours() {
  const style = getComputedStyle(document.body);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

function chart(id, option) {
  const place = document.getElementById(id);
  if (!place || place.hidden || !place.clientHeight) return;
  if (!charts.has(id)) {
    place.replaceChildren();
    const made = echarts.init(place, null, { renderer: "canvas" });
    made.on("click", (event) => {
      const href = event.data?.href || event.seriesHref || hrefAt(made, event.dataIndex);
      if (href) location.assign(href);
    });
    charts.set(id, made);
  }
  const colour = colours();
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  charts.get(id).setOption({
    color: COLOURS,
    animation: !calm,
    aria: { enabled: true },
    textStyle: { color: colour("ink"), fontFamily: getComputedStyle(document.body).fontFamily },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true },
    ...option,
  }, true);
}

function hrefAt(made, index) {
  return made.getOption().hrefs?.[index];
}

function axes(colour) {
  return {
    label: { color: colour("soft"), fontSize: size() - 1 },
    line: { lineStyle: { color: colour("line") } },
  };
}

function lying(id, rows) {
  const { label, line } = axes(colours());
  if (!rows.length) return nothing(id, "还没有数据。");
  const turned = [...rows].reverse();
  return chart(id, {
    grid: { left: 8, right: 44, top: 4, bottom: 4, containLabel: true },
    tooltip: { show: false },
    xAxis: { type: "value", splitLine: line, axisLabel: { show: false }, minInterval: 1 },
    yAxis: { type: "category", data: turned.map((row) => row.name), axisLabel: { ...label, color: colours()("ink"), fontSize: size() }, axisLine: line, axisTick: { show: false } },
    series: [{
      type: "bar",
      cursor: "pointer",
      barMaxWidth: 26,
      itemStyle: { borderRadius: [0, 4, 4, 0] },
      label: { show: true, position: "right", color: colours()("ink"), fontSize: size() },
      data: turned.map((row) => ({ value: row.value, href: row.href })),
    }],
  });
}

function overTime(id, days, series, hrefs, { top, bars = false } = {}) {
  const { label, line } = axes(colours());
  return chart(id, {
    hrefs,
    grid: { left: 8, right: 16, top: 36, bottom: 4, containLabel: true },
    legend: { top: 0, textStyle: { color: colours()("ink"), fontSize: size() - 1 } },
    xAxis: { type: "category", data: days, axisLabel: label, axisLine: line },
    yAxis: { type: "value", max: top, minInterval: bars ? 1 : undefined, axisLabel: label, splitLine: line },
    series: series.map(([name, data]) => ({
      name,
      type: bars ? "bar" : "line",
      data,
      cursor: "pointer",
      connectNulls: false,
      symbolSize: 7,
      barMaxWidth: 18,
    })),
  });
}

function nothing(id, text) {
  charts.get(id)?.dispose();
  charts.delete(id);
  document.getElementById(id)?.replaceChildren(element("p", { className: "empty", textContent: text }));
}

function table(id, head, rows, empty) {
  if (!rows.length) return nothing(id, empty);
  const heads = head.map(([text, kind]) => element("th", { scope: "col", textContent: text, className: kind || "" }));
  const lines = rows.map((row) => element("tr", {}, ...row.map((cell, index) => {
    const td = element("td", { className: `${head[index][1] || ""} ${cell.kind || ""}`.trim() });
    td.append(cell.href ? element("a", { href: cell.href, textContent: cell.text }) : String(cell.text ?? cell));
    return td;
  })));
  const made = element("table", { className: "rows" }, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...lines));
  return document.getElementById(id)?.replaceChildren(made);
}

const percent = (value) => (value === null ? "—" : `${value}%`);

const FACES = {
  states: (f) => lying("states", f.states),
  ages: (f) => lying("ages", f.ages),
  categories: (f) => lying("categories", f.categories.slice(0, 10)),
  words: (f) => lying("words", f.words),
  trend: (f) => overTime("trend", f.trend.days, [["受理", f.trend.created], ["其中已办结", f.trend.resolved]], f.trend.hrefs, { bars: true }),
  rates: (f) => overTime("rates", f.trend.days, [["响应率", f.trend.response], ["解决率", f.trend.solved], ["满意率", f.trend.satisfaction]], f.trend.hrefs, { top: 100 }),
  rising: (f) => table("rising", [["话题"], ["本周", "number"], ["往期", "number"]],
    f.rising.map((row) => [{ text: row.name, href: row.href }, row.value, row.usual]), "没有明显上升的话题。"),
  areas: (f) => table("areas", [["台区"], ["60天停电", "number"], ["故障", "number"], ["低电压", "number"]],
    f.areas.map((row) => [{ text: row.name, href: row.href }, row.outages, row.faults, row.low_voltage]), "60天内没有重复停电的台区。"),
  supervised: (f) => table("supervised", [["工单"], ["地点"]],
    f.supervised.map((row) => [{ text: row.name, href: row.href }, row.text]), "没有督办中的工单。"),
  stations: (f) => table("stations", [["名称"], ["受理", "number"], ["15分钟", "number"], ["响应", "number"], ["满意", "number"]],
    f.stations.map((row) => [{ text: row.name, href: row.href }, row.created, percent(row.soon), percent(row.response), percent(row.satisfaction)]), "本周还没有工单。"),
  outages: (f) => table("outages", [["状态"], ["范围"], ["预计来电"], ["户数", "number wide"], ["已告知", "number"]],
    f.outages.map((row) => [
      { text: `${row.state} ${row.kind}`, kind: row.is_off ? "off" : "" },
      { text: row.places || row.code, href: row.href },
      row.until,
      row.households,
      { text: row.households ? `${Math.round(100 * row.told / row.households)}%` : "—", kind: row.told < row.households ? "low" : "" },
    ]), "现在没有停电，24小时内也没有安排。"),
  incidents: (f) => table("incidents", [["台区"], ["报告", "number"], ["可能", "number"], ["开始"]],
    f.incidents.map((row) => [{ text: row.name, href: row.href }, row.reports, `${row.percent}%`, row.since]), "没有等着判断的疑似停电。"),
};

function tiles(rows) {
  document.getElementById("tiles").replaceChildren(...rows.map((row) => element("a",
    { className: `tile ${row.tone}`.trim(), href: row.href },
    element("span", { textContent: row.label }),
    element("b", {}, row.value, element("small", { textContent: row.unit })),
    element("span", { textContent: row.note }))));
}

function machine(f) {
  const line = (title, items) => element("section", {}, element("h2", { textContent: title }),
    ...items.map(([name, value, href, bad]) => element("a", { href, className: bad ? "bad" : "" }, name, element("b", { textContent: value }))));
  document.getElementById("machine").replaceChildren(
    line("机器人（7天）", [["消息", f.bot.messages, f.bot.href], ["听懂", percent(f.bot.understood), f.bot.href], ["转人工", percent(f.bot.handed_over), f.bot.href], ["该转没转", percent(f.bot.deflected), f.bot.href]]),
    line("消息", f.deliveries.map((row) => [row.name, row.value, row.href, row.value > 0 && ["失败", "死信"].includes(row.name)])),
    line("额度", [...f.quotas.map((row) => [row.name, `${row.used}/${row.limit}`, row.href, row.used >= 0.8 * row.limit]), ["通知不到的小区", f.unmapped, "/console/groups", f.unmapped > 0]]));
}

let figures = null;
let heardAt = 0;

function draw() {
  if (!figures) return;
  tiles(figures.tiles);
  machine(figures);
  document.getElementById("degraded").textContent = figures.degraded.length ? `降级：${figures.degraded.join("、")}` : "";
  for (const [id, paint] of Object.entries(FACES)) {
    if (!document.getElementById(id).hidden) paint(figures);
  }
}

function hear(told) {
  figures = told;
  tick(told.at);
  draw();
}

function tick(at) {
  const clock = document.getElementById("clock");
  figures.at = at;
  heardAt = Date.now();
  clock.textContent = at;
  clock.classList.remove("stale");
}

// Server-sent events; where there is no room or no line, the figures are asked for instead.
function listen(main) {
  let stream = null;
  const open = () => {
    stream = new EventSource(main.dataset.events);
    stream.addEventListener("figures", (event) => hear(JSON.parse(event.data)));
    stream.addEventListener("clock", (event) => { if (figures) tick(event.data); });
  };
  open();
  setInterval(() => {
    if (Date.now() - heardAt > 2 * EVERY) refresh(main.dataset.source);
  }, EVERY);
  setInterval(() => { if (stream.readyState === EventSource.CLOSED) open(); }, REOPEN);
  addEventListener("pagehide", () => stream.close());
}

async function refresh(source) {
  const clock = document.getElementById("clock");
  try {
    const answer = await fetch(source, { headers: { Accept: "application/json" } });
    if (answer.redirected || answer.status === 401) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    hear(await answer.json());
  } catch {
    clock.classList.add("stale");
    clock.textContent = figures ? `连不上，数据停在 ${figures.at}` : "连不上，稍后再试";
  }
}

function turn(panel, id) {
  for (const button of panel.querySelectorAll("[data-face]")) {
    const chosen = button.dataset.face === id;
    button.setAttribute("aria-pressed", String(chosen));
    document.getElementById(button.dataset.face).hidden = !chosen;
  }
  if (figures) FACES[id](figures);
  charts.get(id)?.resize();
}

function turnAll() {
  for (const panel of document.querySelectorAll("[data-rotates]")) {
    if (panel.matches(":hover, :focus-within")) continue;
    const buttons = [...panel.querySelectorAll("[data-face]")];
    const now = buttons.findIndex((button) => button.getAttribute("aria-pressed") === "true");
    turn(panel, buttons[(now + 1) % buttons.length].dataset.face);
  }
}

function startWall(main) {
  let paused = matchMedia("(prefers-reduced-motion: reduce)").matches || innerWidth < 1200;
  const pause = document.getElementById("pause");
  const show = () => {
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? "开始轮播" : "暂停轮播";
  };
  show();
  pause.addEventListener("click", () => { paused = !paused; show(); });
  document.getElementById("station")?.addEventListener("change", (event) => event.target.form.submit());
  for (const panel of document.querySelectorAll("[data-rotates]")) {
    panel.addEventListener("click", (event) => {
      const id = event.target.closest("[data-face]")?.dataset.face;
      if (id) turn(panel, id);
    });
  }
  refresh(main.dataset.source);
  listen(main);
  setInterval(() => { if (!paused) turnAll(); }, TURN);
}

function startReport(place) {
  const data = JSON.parse(place.dataset.chart);
  overTime("report-days", data.days, [["受理", data.created], ["其中已办结", data.resolved]], null, { bars: true });
  overTime("report-rates", data.days, [["响应率", data.response], ["解决率", data.solved], ["满意率", data.satisfaction]], null, { top: 100 });
  if (data.categories) lying("report-categories", data.categories.slice(0, 12));
}

addEventListener("resize", () => charts.forEach((one) => one.resize()));
const wall = document.querySelector("main[data-source]");
const report = document.getElementById("report-charts");
if (wall) startWall(wall);
if (report) startReport(report);
