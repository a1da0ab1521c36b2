// The workspace's clock in the corner: it runs with ours, ahead by what was skipped.
import { deed, part } from "./server.js";
import { closeMenus } from "./menus.js";

const box = document.getElementById("clock");
let ahead_ms = 0;

function start() {
  const time = box.querySelector("time");
  ahead_ms = Number(time.dataset.epoch) * 1000 - Date.now();
}

function tick() {
  const time = box.querySelector("time");
  const now = new Date(Date.now() + ahead_ms);
  time.textContent = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit", timeZone: time.dataset.zone }).format(now);
}

export async function refreshClock() {
  box.innerHTML = (await part("clock")) ?? "";
  start();
}

export function runClock() {
  start();
  setInterval(tick, 1000);
  box.addEventListener("click", (event) => {
    const step = event.target.closest("[data-advance]");
    if (!step) return;
    closeMenus();
    deed("clock", { advance_s: Number(step.dataset.advance) });
  });
}

