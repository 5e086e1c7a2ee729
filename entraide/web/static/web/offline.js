// Proving a card without network: its signature, by the public keys that stand in the page.
"use strict";

(() => {
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(document.body.dataset.worker ?? "", { scope: "/prestataire/" }).catch(() => {});
  const form = document.querySelector("[data-offline]");
  if (!form || !window.crypto?.subtle) return;
  const { keys } = JSON.parse(form.dataset.keys);
  const names = JSON.parse(form.dataset.names);
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

  const read = (text) => {
    const parts = text.split("|");
    if (parts.length !== 8 || parts[0] !== "ENTRAIDE1" || !/^\d{8}$/.test(parts[5])) return null;
    const [, mutual, card, person, name, day, key, sealed] = parts;
    return { mutual, card, person, name, day, key, sealed, message: text.slice(0, text.lastIndexOf("|")) };
  };

  const prove = async (code) => {
    const key = keys.find((each) => each.mutual === code.mutual && each.key_id === code.key);
    if (!key) return "key_unknown";
    const made = await crypto.subtle.importKey("raw", bytes(key.public_key), { name: "Ed25519" }, false, ["verify"]);
    const right = await crypto.subtle.verify({ name: "Ed25519" }, made, bytes(code.sealed), new TextEncoder().encode(code.message)).catch(() => false);
    if (!right) return "forged";
    return key.revoked ? "key_revoked" : "genuine";
  };

  const show = (code, proof) => {
    const answer = document.getElementById("offline-answer");
    for (const each of answer.querySelectorAll("[data-proof]")) each.hidden = each.dataset.proof !== proof;
    const written = { name: code.name, mutual: names[code.mutual] ?? code.mutual, person: code.person, card: code.card,
      day: new Date(`${code.day.slice(0, 4)}-${code.day.slice(4, 6)}-${code.day.slice(6)}T12:00`).toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long", year: "numeric" }) };
    for (const [part, text] of Object.entries(written)) answer.querySelector(`[data-part=${part}]`).textContent = text;
    answer.hidden = false;
    answer.scrollIntoView({ block: "start" });
  };

  form.addEventListener("submit", async (event) => {
    const code = read(form.elements.code.value.trim());
    const unreadable = document.getElementById("offline-unreadable");
    event.preventDefault();
    unreadable.hidden = code !== null;
    if (!code) return;
    try {
      show(code, await prove(code));
    } catch { // a browser without Ed25519: the server proves it, if there is a network
      form.submit();
    }
  });
})();
