// The app's modals, confirmations, and the page's own small dialogs.
import { newestPart, perform } from "./server.js";
import { showControls, valuesOf } from "./elements.js";

const modal = document.getElementById("modal");
const small = document.getElementById("confirm");

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

/** The values in the fields of the open modal. */
export function fields() {
  return [...modal.querySelectorAll(".block.input [data-action]")].map((control) => ({
    block: control.dataset.block,
    action: control.dataset.action,
    kind: control.dataset.kind,
    values: valuesOf(control),
  }));
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

/** Show a template's content as a question; true if the person confirms. */
export function ask(template) {
  small.replaceChildren(template.content.cloneNode(true));
  return answered().then((answer) => answer === "confirm");
}

/** Ask for a line of text; returns its value and the ticked boxes, or null. */
export async function askFor(title, { label, check } = {}) {
  const form = document.createElement("div");
  form.innerHTML = `<h2></h2><input type="text" autocomplete="off"><label class="check" hidden><input type="checkbox"><span></span></label>
    <div class="buttons"><button type="button" class="button" value="deny">Cancel</button><button type="button" class="button primary" value="confirm">OK</button></div>`;
  form.querySelector("h2").textContent = title;
  const [line, box] = form.querySelectorAll("input");
  line.setAttribute("aria-label", label ?? title);
  line.placeholder = label ?? "";
  form.querySelector("label").hidden = !check;
  form.querySelector("label span").textContent = check ?? "";
  small.replaceChildren(form);
  return (await answered()) === "confirm" ? { text: line.value.trim(), checked: box.checked } : null;
}

/** Ask for confirmation of something that cannot be undone. */
export function askWhether(title, text, yes, style = "danger") {
  const template = document.createElement("template");
  template.innerHTML = `<h2></h2><p></p><div class="buttons"><button type="button" class="button" value="deny">Cancel</button><button type="button" class="button" value="confirm"></button></div>`;
  template.content.querySelector("h2").textContent = title;
  template.content.querySelector("p").textContent = text;
  const button = template.content.querySelector("[value=confirm]");
  button.textContent = yes;
  button.classList.add(style);
  return ask(template);
}

function answered() {
  small.returnValue = "";
  small.showModal();
  small.querySelector("input[type=text], .primary, [value=confirm]")?.focus();
  return new Promise((resolve) => small.addEventListener("close", () => resolve(small.returnValue), { once: true }));
}

small.addEventListener("click", (event) => {
  const button = event.target.closest("button[value]");
  if (button) small.close(button.value);
});
small.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input")) return;
  // Otherwise the same key would press whatever has the focus once the dialog is closed.
  event.preventDefault();
  small.close("confirm");
});
