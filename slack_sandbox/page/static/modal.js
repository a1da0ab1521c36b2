// The app's modals.
import { newestPart, perform } from "./server.js";
import { fields, showControls } from "./fields.js";

const modal = document.getElementById("modal");

/** Show the top modal, keeping the values entered in fields that remain. */
export async function refreshModal() {
  const drawn = await newestPart("modal");
  if (drawn === undefined) return undefined;
  if (!drawn) return modal.close();
  const fresh = new DOMParser().parseFromString(drawn, "text/html").querySelector("form");
  const shown = modal.open ? modal.querySelector("form") : null;
  // A field was filled in, which must not disturb input in the next one.
  if (shown?.dataset.hash === fresh.dataset.hash) return undefined;
  const sameView = shown?.dataset.view === fresh.dataset.view;
  const entered = sameView ? fields() : [];
  const focused = sameView && document.activeElement?.dataset.action;
  const scrolled = sameView ? modal.querySelector(".blocks").scrollTop : 0;
  modal.replaceChildren(fresh);
  entered.forEach(restore);
  showControls(modal);
  if (!modal.open) modal.showModal();
  modal.querySelector(".blocks").scrollTop = scrolled;
  const start = focused ? `[data-action="${CSS.escape(focused)}"]` : ".blocks :is(input, textarea, select)";
  modal.querySelector(start)?.focus();
  return undefined;
}

function restore({ action, block, values }) {
  const control = modal.querySelector(`[data-action="${CSS.escape(action)}"][data-block="${CSS.escape(block)}"]`);
  if (!control || control.matches("input[type=file]")) return;
  if (control.matches("input, textarea, select")) control.value = values[0];
  else for (const input of control.querySelectorAll("input")) input.checked = values.includes(input.value);
}

async function submit(form) {
  const button = form.querySelector("[type=submit]");
  button.setAttribute("aria-busy", "true");
  const outcome = await perform("submit", { fields: fields() });
  button.removeAttribute("aria-busy");
  showErrors(outcome?.errors ?? {});
}

function showErrors(errors) {
  for (const block of modal.querySelectorAll(".block")) {
    const message = errors[block.dataset.blockId] ?? "";
    const note = block.querySelector(".error");
    block.classList.toggle("wrong", Boolean(message));
    if (!note) continue;
    note.hidden = !message;
    note.textContent = message;
  }
  const problem = modal.querySelector(".problem");
  if (problem) {
    problem.textContent = errors[""] ?? "";
    problem.hidden = !errors[""];
  }
  modal.querySelector(".wrong :is(input, textarea, select, button)")?.focus();
}

modal.addEventListener("submit", (event) => {
  event.preventDefault();
  submit(event.target);
});
modal.addEventListener("click", (event) => {
  if (event.target.closest("[data-close-modal]")) perform("close");
});
modal.addEventListener("cancel", (event) => {
  event.preventDefault();
  perform("close");
});
