// The workspace's clock in the corner: it runs with this machine's, ahead by the time that was skipped.
import { newestPart, perform, part } from "./server.js";
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
  const drawn = await newestPart("clock");
  if (drawn === undefined) return;
  box.innerHTML = drawn ?? "";
  start();
}

export function runClock() {
  start();
  setInterval(tick, 1000);
  box.addEventListener("click", (event) => {
    const step = event.target.closest("[data-advance], [data-until]");
    if (!step) return;
    closeMenus();
    const { advance, until } = step.dataset;
    perform("clock", until ? { until: Number(until) } : { advance_s: Number(advance) });
  });
  box.addEventListener("toggle", (event) => event.newState === "open" && refreshDue(), true);
}

/** The app's next due time may have changed since the clock was rendered. */
async function refreshDue() {
  const drawn = await part("due");
  const due = document.getElementById("due");
  if (due.innerHTML.trim() !== drawn?.trim()) due.innerHTML = drawn ?? "";
}
