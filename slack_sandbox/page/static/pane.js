// The pane beside the conversation: a thread, pins, members, a file, the inspector.
import { newestPart, part } from "./server.js";
import { showControls } from "./fields.js";

const pane = document.getElementById("pane");
let shown = null;

export async function openPane(name, params, { roomy = false } = {}) {
  const drawn = await part(name, params);
  if (drawn === null) return;
  shown = { name, params };
  pane.innerHTML = drawn;
  pane.hidden = false;
  pane.classList.toggle("roomy", roomy);
  showControls(pane);
  const log = pane.querySelector(".messages");
  if (log && name === "thread") log.scrollTop = log.scrollHeight;
  (pane.querySelector("textarea") ?? pane.querySelector("[data-close-pane]")).focus();
}

export function closePane() {
  pane.hidden = true;
  pane.replaceChildren();
  shown = null;
}

export const isShown = (name) => shown?.name === name;

/** Render the open pane anew, keeping the text being written. */
export async function refreshPane(name, { onlyFor } = {}) {
  if (!isShown(name) || (onlyFor && onlyFor !== shown.params.channel)) return;
  const drawn = await newestPart(shown.name, shown.params);
  if (drawn === undefined) return undefined;
  if (drawn === null) return closePane();
  const fresh = new DOMParser().parseFromString(drawn, "text/html");
  for (const selector of [".messages", ".people", ".inspector"]) {
    const old = pane.querySelector(selector);
    const next = fresh.querySelector(selector);
    if (!old || !next) continue;
    const atEnd = old.scrollHeight - old.scrollTop - old.clientHeight < 60;
    const { scrollTop } = old;
    old.replaceChildren(...next.childNodes);
    old.scrollTop = atEnd && name === "thread" ? old.scrollHeight : scrollTop;
  }
  showControls(pane);
}

pane.addEventListener("click", (event) => {
  if (event.target.closest("[data-close-pane]")) closePane();
});
