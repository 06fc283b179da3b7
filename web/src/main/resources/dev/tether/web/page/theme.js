"use strict";
// Before the first paint, so that a dark page does not flash white.
(() => {
  const wish = localStorage.getItem("tether-theme");
  if (wish === "light" || wish === "dark") {
    document.documentElement.dataset.theme = wish;
  }
})();
