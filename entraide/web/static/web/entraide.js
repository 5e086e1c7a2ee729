// What the keyboard and drafts add to pages that work without it. Nothing here decides or computes.
"use strict";

(() => {
  const typing = (element) => element.matches("input, select, textarea, [contenteditable]");
  // What a closed part of the page holds has its place, and cannot take the focus.
  const visible = (element) => element && element.offsetParent !== null && (!element.checkVisibility || element.checkVisibility());

  // Of the pages of a step, the one where one is comes into sight.
  const here = document.querySelector(".tabs--parts [aria-current]");
  if (visible(here)) { const row = here.closest("ul"); row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2; }

  // ── keys ──────────────────────────────────────────────────────────────────
  const focusSearch = () => {
    const field = document.getElementById("q");
    if (visible(field)) { field.focus(); field.select(); return true; }
    const link = document.querySelector(".topbar__find");
    if (visible(link)) { link.click(); return true; }
    return false;
  };

  const closeWhatIsOpen = () => {
    if (location.hash === "#touches") { location.hash = "contenu"; return true; }
    const open = [...document.querySelectorAll("details.def[open], details.ask[open]")].pop();
    if (!open) return false;
    open.open = false;
    open.querySelector("summary").focus();
    return true;
  };

  // Of a group of choices only the chosen one is a stop, as with the Tab key; a fieldset is none.
  const isStop = (field) => {
    if (field.type !== "radio" || field.checked) return true;
    const group = [...field.form.elements].filter((each) => each.name === field.name);
    return group[0] === field && !group.some((each) => each.checked);
  };

  // A line left empty is the end of the paper: what follows is after all the lines. The button that
  // adds a line is passed over: Enter would add lines without end, and Alt + N adds one.
  const isEndOfLines = (field) => {
    const row = field.closest(".entry__row");
    return row && !field.value && row.querySelector("input") === field && row.matches(".entry__row:not(.entry__row--head) ~ .entry__row");
  };

  const nextField = (field) => {
    const lines = isEndOfLines(field) ? field.closest(".entry") : null;
    const fields = [...field.form.elements].filter((each) => each === field ||
      (each.matches("input:not([type=hidden]), select, textarea, button:not([data-alt])") && visible(each) && !each.disabled && isStop(each) &&
        !(lines && lines.contains(each))));
    const next = fields[fields.indexOf(field) + 1];
    if (!next) return false;
    next.focus();
    if (next.select) next.select();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    const at = event.target instanceof Element ? event.target : document.body;
    if (event.isComposing) return;
    if (event.key === "Escape") { if (closeWhatIsOpen()) event.preventDefault(); return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = at.closest("form");
      if (form && form.method === "post") { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.altKey && !event.ctrlKey && event.key.length === 1) {
      const button = document.querySelector(`[data-alt="${CSS.escape(event.key.toLowerCase())}"]`);
      if (button) { event.preventDefault(); button.click(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && at.matches("input:not([type=submit]), select") && at.closest("form[data-enter=next]")) {
      if (nextField(at)) event.preventDefault();
      return;
    }
    if (typing(at)) return;
    if (event.key === "/" && focusSearch()) event.preventDefault();
    if (event.key === "?") { event.preventDefault(); location.hash = "touches"; }
  });

  // The dialog of keys keeps the focus inside while it is open, and gives it back.
  let cameFrom = null;
  window.addEventListener("hashchange", () => {
    const dialog = document.getElementById("touches");
    if (location.hash === "#touches") {
      cameFrom = document.activeElement;
      dialog.querySelector("a").focus();
    } else if (cameFrom && cameFrom !== document.body) {
      cameFrom.focus();
      cameFrom = null;
    }
  });
  document.addEventListener("focusin", (event) => {
    const dialog = document.getElementById("touches");
    if (location.hash === "#touches" && !dialog.contains(event.target)) dialog.querySelector("a").focus();
  });

  // A definition closes when the person goes elsewhere.
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("details.def[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });

  // ── faults: the summary is read first ─────────────────────────────────────
  const summary = document.querySelector(".errors[data-focus], .notice[data-focus]");
  if (summary) summary.focus();

  // ── sent twice: the second click of a double click sends nothing ──────────
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // ── printing: the button is of no use without script, and hidden then ─────
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // ── levers: the figure beside a slider follows the hand; the server computes ──
  document.addEventListener("input", (event) => {
    if (!event.target.matches("input[type=range]")) return;
    for (const output of event.target.form.querySelectorAll("output[data-pattern]")) {
      if (output.htmlFor.contains(event.target.id)) output.textContent = output.dataset.pattern.replace("{value}", event.target.valueAsNumber.toLocaleString(document.documentElement.lang));
    }
  });

  // ── drafts: <form data-draft-url="…">, its state in [data-draft-state] ─────
  for (const form of document.querySelectorAll("form[data-draft-url]")) {
    const state = form.querySelector("[data-draft-state]");
    let timer = null, changed = false, sending = new AbortController();

    const content = () => {
      const typed = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (typeof value === "string") typed.append(name, value);
      return typed;
    };
    const keep = async () => {
      if (!changed) return;
      changed = false;
      try {
        const answer = await fetch(form.dataset.draftUrl, { method: "POST", body: content(), redirect: "error", signal: sending.signal });
        const kept = answer.ok && (await answer.json()).kept;
        if (state && kept) {
          const now = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
          state.textContent = state.dataset.draftState.replace("{time}", now);
        } else if (!answer.ok) { changed = true; }
      } catch (fault) { changed = fault.name !== "AbortError"; }
    };
    form.addEventListener("input", () => {
      changed = true;
      clearTimeout(timer);
      timer = setTimeout(keep, 1500);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      sending.abort();
      sending = new AbortController();
      changed = false;
    });
    window.addEventListener("pagehide", () => {
      if (changed) navigator.sendBeacon(form.dataset.draftUrl, content());
    });
  }
})();
