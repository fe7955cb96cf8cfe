// Small helpers: elements without innerHTML, and the control API.

export const $ = (selector, root = document) => root.querySelector(selector);

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

// The city's time, wherever the browser stands.
const CHINA = { hour12: false, timeZone: "Asia/Shanghai" };

export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("zh-CN", CHINA);
}

export function day(seconds) {
  return new Date(seconds * 1000).toLocaleString("zh-CN", CHINA);
}

export async function api(method, path, body) {
  const response = await fetch(`api/${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  const answer = text ? JSON.parse(text) : {};
  if (!response.ok) throw new Error(answer.error || `HTTP ${response.status}`);
  return answer;
}

let hideToast;
export function toast(text) {
  const node = $("#toast");
  node.textContent = text;
  node.hidden = false;
  clearTimeout(hideToast);
  hideToast = setTimeout(() => { node.hidden = true; }, 5000);
}

// Runs an action; what goes wrong is said instead of lost.
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    toast(error.message);
    return null;
  }
}
