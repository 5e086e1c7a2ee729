// The nearest centres without network: every centre stands in the page, the telephone knows where it is.
"use strict";

(() => {
  const page = document.querySelector("[data-near]");
  if (!page) return;
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(page.dataset.worker).catch(() => {});
  const part = (name) => page.querySelector(`[data-part=${name}]`);
  const all = part("all");
  if (!all || !navigator.geolocation) return;
  part("ask").hidden = false;

  // The same great circle as the server's (core/near.py).
  const radians = (degrees) => degrees * Math.PI / 180;
  const kilometres = ([north, east], [otherNorth, otherEast]) => {
    const half = Math.sin(radians(otherNorth - north) / 2) ** 2
      + Math.cos(radians(north)) * Math.cos(radians(otherNorth)) * Math.sin(radians(otherEast - east) / 2) ** 2;
    return 2 * 6371.0088 * Math.asin(Math.sqrt(Math.min(1, half)));
  };

  const show = (here) => {
    const near = [...all.querySelectorAll("[data-at]")]
      .map((centre) => ({ centre, far: kilometres(here, centre.dataset.at.split(",").map(Number)) }))
      .sort((one, other) => one.far - other.far).slice(0, Number(page.dataset.most));
    const written = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    part("list").replaceChildren(...near.map(({ centre, far }) => {
      const copy = centre.cloneNode(true);
      copy.querySelector("[data-far]").textContent = `${written.format(far)} km`;
      return copy;
    }));
    part("found").hidden = false;
    part("told").textContent = "";
    part("found").scrollIntoView({ block: "start" });
  };

  part("here").addEventListener("click", () => {
    const told = part("told");
    told.textContent = told.dataset.looking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => show([coords.latitude, coords.longitude]),
      () => { told.textContent = told.dataset.refused; },
      { maximumAge: 300000, timeout: 20000 });
  });
})();
