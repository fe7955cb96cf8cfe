// WeCom template cards, and the template messages of the Official Account.

import { el } from "./dom.js";

const STYLES = { 1: "primary", 3: "danger" };

function options(question, list, many) {
  return list.map((option) =>
    el("label", {},
      el("input", {
        type: many ? "checkbox" : "radio", name: question, value: option.id,
        checked: Boolean(option.is_checked),
      }),
      ` ${option.text}`));
}

function select(part) {
  return el("label", {}, `${part.title || ""} `,
    el("select", { name: part.question_key },
      ...part.option_list.map((option) =>
        el("option", { value: option.id, selected: option.id === part.selected_id }, option.text))));
}

function questions(card) {
  const asked = [];
  if (card.checkbox) {
    asked.push(...options(card.checkbox.question_key, card.checkbox.option_list, card.checkbox.mode === 1));
  }
  for (const part of [card.button_selection, ...(card.select_list || [])]) {
    if (part) asked.push(select(part));
  }
  return asked;
}

function chosen(node) {
  const answers = {};
  for (const field of node.querySelectorAll("select, input:checked")) {
    (answers[field.name] ??= []).push(field.value);
  }
  return answers;
}

function facts(card) {
  const rows = (card.horizontal_content_list || []).flatMap((row) => [
    el("dt", {}, row.keyname), el("dd", {}, row.value || ""),
  ]);
  const more = (card.vertical_content_list || []).map((row) =>
    el("p", { class: "desc" }, `${row.title}\n${row.desc || ""}`));
  return [rows.length ? el("dl", {}, ...rows) : null, ...more];
}

function buttons(card, press) {
  const list = [...(card.button_list || [])];
  if (card.submit_button) list.push({ ...card.submit_button, style: 1 });
  for (const action of card.action_menu?.action_list || []) list.push(action);
  return list.map((button) =>
    el("button", { class: STYLES[button.style] || "", onclick: () => press(button) }, button.text));
}

export function templateCard(bubble, { open, press }) {
  const { card, replaced } = bubble.data;
  const title = card.main_title || {};
  const node = el("article", { class: "card" },
    card.source?.desc ? el("p", { class: "source" }, card.source.desc) : null,
    title.title ? el("h4", {}, title.title) : null,
    title.desc ? el("p", { class: "desc" }, title.desc) : null,
    card.emphasis_content ? el("p", { class: "big" }, card.emphasis_content.title || "") : null,
    card.sub_title_text ? el("p", { class: "desc" }, card.sub_title_text) : null,
    card.quote_area?.quote_text ? el("p", { class: "quote" }, card.quote_area.quote_text) : null,
    ...facts(card),
    ...(card.jump_list || []).map((jump) =>
      el("a", { class: "go", href: open(jump.url || ""), target: "_blank", rel: "noopener" }, jump.title)),
    card.card_action?.url
      ? el("a", { class: "go", href: open(card.card_action.url), target: "_blank", rel: "noopener" }, "查看详情")
      : null);
  if (replaced) {
    node.append(el("p", { class: "replaced" }, replaced));
    return node;
  }
  const asked = questions(card);
  if (asked.length) node.append(el("div", { class: "choices" }, ...asked));
  const row = buttons(card, (button) => {
    if (button.type === 1 && button.url) window.open(open(button.url), "_blank", "noopener");
    else press(bubble, button.key, chosen(node));
  });
  if (row.length) node.append(el("div", { class: "buttons" }, ...row));
  return node;
}

export function templateMessage(bubble, { open }) {
  const { title, lines, url } = bubble.data;
  return el("article", { class: "card" },
    el("h4", {}, title),
    ...lines.map((line) => el("p", {}, line)),
    url ? el("a", { class: "go", href: open(url), target: "_blank", rel: "noopener" }, "查看详情") : null);
}

export function article(item, { open }) {
  const [title, text, url] = [
    item.title || item.Title, item.description || item.Description, item.url || item.Url,
  ];
  return el("article", { class: "card" },
    el("h4", {}, title || ""),
    text ? el("p", { class: "desc" }, text) : null,
    url ? el("a", { class: "go", href: open(url), target: "_blank", rel: "noopener" }, "查看详情") : null);
}
