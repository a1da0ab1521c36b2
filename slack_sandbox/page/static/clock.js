// The workspace's clock in the corner: it runs with this machine's, ahead by the time that was skipped.
import { newestPart, perform, part } from "./server.js";
import { closeMenus } from "./menus.js";

const box = document.getElementById("clock");
let ahead_ms = 0;
// The clock has changed while its menu was open.
let isStale = false;

function start() {
  const time = box.querySelector("time");
  ahead_ms = Number(time.dataset.epoch) * 1000 - Date.now();
}

function tick() {
  const time = box.querySelector("time");
  const now = new Date(Date.now() + ahead_ms);
  if (isMenuOpen()) renewDue();
  time.textContent = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit", timeZone: time.dataset.zone }).format(now);
}

const isMenuOpen = () => box.querySelector("[popover]:popover-open") !== null;

export async function refreshClock() {
  // An open menu is not taken from under the pointer.
  isStale = isMenuOpen();
  if (isStale) return;
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
  box.addEventListener("toggle", (event) => (event.newState === "open" ? refreshDue() : isStale && refreshClock()), true);
}

/** The app's next due time may have changed since the clock was rendered. */
async function refreshDue() {
  showDue((await part("due"))?.trim() ?? "");
}

/** While the menu is open, an entry that somebody may be about to press is replaced, never removed. */
async function renewDue() {
  const drawn = (await part("due"))?.trim();
  if (drawn) showDue(drawn);
}

function showDue(drawn) {
  const due = document.getElementById("due");
  if (due.innerHTML.trim() !== drawn) due.innerHTML = drawn;
}
