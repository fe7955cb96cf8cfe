/* Keys, the command bar, and small helps of the console. Without it everything still works. */
"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const rows = () => all("#rows .row");
  let cursor = "";
  let picked = new Set();

  function stand(row) {
    rows().forEach((each) => each.classList.toggle("here", each === row));
    cursor = row ? row.dataset.number : "";
    if (row) row.scrollIntoView({ block: "nearest" });
  }
  function move(step) {
    const list = rows();
    if (!list.length) return;
    const at = list.findIndex((row) => row.dataset.number === cursor);
    stand(list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + step))]);
  }
  const here = () => rows().find((row) => row.dataset.number === cursor);
  function open(anchor = "") {
    const link = here() && one("a.open", here());
    if (link) location.href = link.href + anchor;
  }

  function count() {
    const bulk = one("#bulk");
    if (!bulk) return;
    const boxes = all("#rows input[name=number]:checked");
    picked = new Set(boxes.map((box) => box.value));
    one("#chosen").textContent = String(boxes.length);
    bulk.hidden = boxes.length === 0;
  }

  function next() {
    const folded = one(".big-step");
    if (folded) folded.open = true;
    const button = one("[data-next]");
    if (!button) return open("#next");
    const words = one("textarea", button.form);
    if (words && !words.value.trim()) words.focus();
    else button.click();
    return undefined;
  }
  function reply() {
    const words = one("#reply-text");
    if (words) words.focus();
    else open("#reply");
  }

  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    o: () => open(),
    e: next,
    r: reply,
    x: () => { const row = here(); if (row) one("input", row).click(); },
    "/": () => { const box = one("#q"); if (box) box.focus(); },
    "?": () => bar(),
  };

  function bar() {
    const dialog = one("#commands");
    if (!dialog || dialog.open) return;
    dialog.showModal();
    one("#command-text").focus();
  }
  function narrow() {
    const words = one("#command-text").value.trim().toLowerCase();
    all("#jumps li").forEach((item) => { item.hidden = words !== "" && !item.textContent.toLowerCase().includes(words); });
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return bar();
    }
    const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select, dialog[open]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return undefined;
    const act = KEYS[event.key];
    if (act) { event.preventDefault(); act(); }
    return undefined;
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) bar();
    const canned = event.target.closest("[data-insert]");
    if (canned) {
      const box = document.getElementById(canned.dataset.into);
      box.value = (box.value ? box.value.trimEnd() + "\n" : "") + canned.dataset.insert;
      box.focus();
    }
    const opens = event.target.closest("[data-opens]");
    if (opens) document.getElementById(opens.dataset.opens).open = true;
    const dialog = event.target.closest("dialog");
    if (dialog && event.target === dialog) dialog.close();
  });

  function sum() {
    const target = one("#area-sum");
    if (!target) return;
    const chosen = all("#area-list input:checked");
    const homes = chosen.reduce((total, box) => total + Number(box.dataset.households), 0);
    target.textContent = chosen.length ? `选了 ${chosen.length} 个台区，${homes} 户` : "";
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches("#rows input[name=number]")) count();
    if (event.target.matches("[data-all]")) {
      all(`input[name=${event.target.dataset.all}]`).forEach((box) => { box.checked = event.target.checked; });
    }
    if (event.target.matches("#area-list input")) sum();
  });
  document.addEventListener("input", (event) => {
    if (event.target.id === "command-text") narrow();
    const list = event.target.dataset.filter && document.getElementById(event.target.dataset.filter);
    if (list) {
      const words = event.target.value.trim().toLowerCase();
      all("[data-words]", list).forEach((item) => {
        item.hidden = words !== "" && !item.dataset.words.toLowerCase().includes(words);
      });
    }
  });
  document.addEventListener("submit", (event) => {
    const dialogForm = event.target.id === "command-form";
    const words = dialogForm ? one("#command-text").value.trim() : "";
    if (dialogForm && !/\s/.test(words)) {
      const jump = all("#jumps li:not([hidden]) a").find((link) => link.textContent.trim() === words);
      if (jump) { event.preventDefault(); location.href = jump.href; return; }
    }
    const button = event.submitter;
    if (button) setTimeout(() => { button.disabled = true; }, 0);
  });
  addEventListener("pageshow", () => all("button:disabled").forEach((button) => { button.disabled = false; }));

  // A refreshed list keeps what was ticked, where the cursor stood, and an open filter.
  let wasOpen = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const filter = one(".narrowing");
    if (event.target.id === "live") {
      wasOpen = Boolean(filter && filter.open);
      if (filter && filter.contains(document.activeElement)) event.detail.shouldSwap = false;
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "live") return;
    if (wasOpen && one(".narrowing")) one(".narrowing").open = true;
    all("#rows input[name=number]").forEach((box) => { box.checked = picked.has(box.value); });
    stand(here());
    count();
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401) location.reload();
  });

  if (matchMedia("(min-width: 761px)").matches) {
    all("[data-wide-open]").forEach((details) => { details.open = true; });
  }
  if (location.hash === "#reply") reply();
  if (location.hash === "#next" && one("[data-next]")) one("[data-next]").focus();
  const shown = location.hash && document.getElementById(location.hash.slice(1));
  if (shown instanceof HTMLDetailsElement) shown.open = true;
  count();
  sum();
})();
