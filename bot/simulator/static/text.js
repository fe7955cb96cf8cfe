// Message text as a phone shows it: <a href>, bare addresses, and WeChat's own menu links.

import { el } from "./dom.js";

const LINK = /<a\s+[^>]*?href="([^"]*)"[^>]*>([\s\S]*?)<\/a>|(https?:\/\/[^\s<>"，。；）】]+)/gi;
const MENU = /^weixin:\/\/bizmsgmenu\?(.*)$/;

// `open` turns an address into one opened as this phone's owner; `choose` sends a menu item.
export function linked(text, { open, choose }) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(text.slice(end, match.index));
    parts.push(link(match[1] ?? match[3], match[2] ?? match[3], { open, choose }));
    end = match.index + match[0].length;
  }
  parts.push(text.slice(end));
  return parts;
}

function link(address, label, { open, choose }) {
  const menu = MENU.exec(address.replaceAll("&amp;", "&"));
  if (menu) {
    const query = new URLSearchParams(menu[1]);
    const item = { id: query.get("msgmenuid"), content: query.get("msgmenucontent") };
    return el("a", { href: "#", onclick: (event) => { event.preventDefault(); choose(item); } }, label);
  }
  return el("a", { href: open(address), target: "_blank", rel: "noopener" }, label);
}
