{% load entraide %}// Keeps the page of centres and what it is made of; everything else always comes from the server.
"use strict";

const PAGE = "{{ page }}";
const PARTS = ["{% asset "web/entraide.css" %}", "{% asset "web/entraide.js" %}", "{% asset "web/near.js" %}", "{% asset "web/icons.svg" %}"];
const STORE = "entraide-near-{{ mutual }}";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(STORE).then((store) => store.addAll([PAGE, ...PARTS])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { pathname, search } = new URL(request.url);
  if (request.mode === "navigate") {
    event.respondWith((async () => {
      try {
        const answer = await fetch(request);
        if (pathname === PAGE && !search && answer.ok && !answer.redirected) await (await caches.open(STORE)).put(PAGE, answer.clone());
        return answer;
      } catch {
        return (await caches.match(PAGE)) ?? Response.error();
      }
    })());
  } else if (PARTS.some((part) => part.split("?")[0] === pathname)) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});
