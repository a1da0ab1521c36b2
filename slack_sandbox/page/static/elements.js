// Block Kit elements: sending their values to the app.
import { perform, upload } from "./server.js";
import { closeMenus } from "./menus.js";
import { fields, showChips, showRemaining, valuesOf } from "./fields.js";
import { ask } from "./questions.js";

async function act(control, body) {
  const place = control.closest("[data-surface]");
  if (!(await confirmed(control))) return false;
  control.setAttribute("aria-busy", "true");
  await perform("act", {
    surface: place.dataset.surface,
    channel: place.dataset.channel,
    ts: place.dataset.ts,
    action: control.dataset.action,
    block: control.dataset.block,
    kind: control.dataset.kind,
    fields: place.dataset.surface === "modal" ? fields().filter((field) => field.action !== control.dataset.action) : [],
    ...body,
  });
  control.removeAttribute("aria-busy");
  return true;
}

function confirmed(control) {
  const question = control.closest(".element")?.querySelector(":scope > template.confirm");
  return question ? ask(question) : true;
}

/** Upload a form's files when they are chosen, as Slack does; the form is submitted with their ids. */
async function keepFiles(control) {
  control.setAttribute("aria-busy", "true");
  control.dataset.uploaded = (await upload("", control.files)).join(" ");
  control.removeAttribute("aria-busy");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".button[data-action]");
  if (button) return act(button, { value: button.dataset.value });
  const item = event.target.closest(".menu[data-kind=overflow] [role=menuitem]");
  if (item) {
    const menu = item.closest(".menu");
    closeMenus();
    return act(menu, { values: [item.dataset.value] });
  }
});

document.addEventListener("input", (event) => {
  if (event.target.maxLength > 0) showRemaining(event.target);
});

document.addEventListener("change", async (event) => {
  const multi = event.target.closest(".multi");
  if (multi) return showChips(multi);
  if (event.target.matches("input[type=file][data-action]")) return keepFiles(event.target);
  const control = event.target.closest("[data-live]");
  if (!control || control.matches(".menu")) return;
  if (control.matches("textarea, input[type=text], input[type=email], input[type=url]")) return;
  if (control.matches("input") && control.value === "") return;
  const before = control.matches("select") && control.querySelector("option[selected]")?.value;
  const done = await act(control, { values: valuesOf(control) });
  if (!done && control.matches("select")) control.value = before ?? "";
});

// A field that dispatches its text to the app does so on Enter, like Slack's `on_enter_pressed`.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input[data-live]:not([type=file])")) return;
  event.preventDefault();
  act(event.target, { values: valuesOf(event.target) });
});

// Multiple choices are sent when their list closes, not one by one.
document.addEventListener(
  "toggle",
  (event) => {
    const multi = event.target.closest?.(".multi");
    if (!multi) return;
    const values = valuesOf(multi).join("\n");
    if (event.newState === "open") multi.dataset.before = values;
    else if (multi.hasAttribute("data-live") && multi.dataset.before !== values) act(multi, { values: valuesOf(multi) });
  },
  true,
);
