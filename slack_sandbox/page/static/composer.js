// The composer: Enter sends, and / @ # : start a completion.
import { completions, perform, upload } from "./server.js";

const SHOWN = 12;
let known = null;
const drafts = new Map();

/** Reload the completions: people, channels and commands may have changed. */
export const learnCompletions = async () => (known = await completions());
export const knownCompletions = async () => known ?? learnCompletions();

/** The word before the cursor, if it begins with a completion character. */
function wordAt(field) {
  const before = field.value.slice(0, field.selectionStart);
  const word = /(?:^|\s)([@#:][\w.+'-]*)$/.exec(before)?.[1] ?? (/^\/[\w-]*$/.test(before) ? before : "");
  return word.startsWith(":") && word.length < 3 ? "" : word;
}

function suggest(field) {
  const list = listOf(field);
  const word = wordAt(field).toLowerCase();
  if (!word) return hide(list);
  const entries = known?.[word[0]] ?? [];
  const bare = word.slice(1);
  const fits = (entry) => entry.insert.toLowerCase().startsWith(word) || (bare && entry.shown.toLowerCase().includes(bare));
  const found = entries.filter(fits).slice(0, SHOWN);
  list.replaceChildren(...found.map((entry, index) => option(entry, index === 0)));
  list.hidden = !found.length;
  return undefined;
}

function option(entry, selected) {
  const line = document.createElement("div");
  line.setAttribute("role", "option");
  line.setAttribute("aria-selected", selected);
  line.dataset.insert = entry.insert;
  const hint = document.createElement("small");
  hint.textContent = entry.hint;
  line.append(entry.shown, hint);
  return line;
}

/** The unsent draft of this conversation. */
export function takeUpDraft(field) {
  field.value = drafts.get(field.form.dataset.channel) ?? "";
}

function keepDraft({ form, value }) {
  if (!form.dataset.thread) drafts.set(form.dataset.channel, value);
}

const listOf = (field) => field.closest(".composer").querySelector(".completions");

function hide(list) {
  list.hidden = true;
  list.replaceChildren();
}

function accept(field, line) {
  const start = field.selectionStart - wordAt(field).length;
  field.setRangeText(`${line.dataset.insert} `, start, field.selectionStart, "end");
  hide(listOf(field));
  field.focus();
}

function move(list, step) {
  const lines = [...list.children];
  const at = lines.findIndex((line) => line.getAttribute("aria-selected") === "true");
  lines[at]?.setAttribute("aria-selected", "false");
  const next = lines[(at + step + lines.length) % lines.length];
  next.setAttribute("aria-selected", "true");
  next.scrollIntoView({ block: "nearest" });
}

async function send(form) {
  const field = form.querySelector("textarea");
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  keepDraft(field);
  hide(listOf(field));
  const done = await perform("type", { text, channel: form.dataset.channel, thread_ts: form.dataset.thread });
  if (done === null && !field.value) field.value = text;
}

function onKey(event) {
  const field = event.target;
  const list = listOf(field);
  if (!list.hidden) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(list, event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Tab" || (event.key === "Enter" && !isWhole(field, list))) accept(field, list.querySelector("[aria-selected=true]"));
    else if (event.key === "Escape") hide(list);
    else if (event.key === "Enter" && !event.shiftKey) send(field.form);
    else return;
    event.preventDefault();
    event.stopPropagation();
  } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send(field.form);
  } else if (event.key === "ArrowUp" && !field.value && !field.form.dataset.thread) {
    event.preventDefault();
    document.dispatchEvent(new Event("editlast"));
  }
}

/** Whether the text is already the only completion, so that Enter sends it. */
function isWhole(field, list) {
  return list.children.length === 1 && list.firstChild.dataset.insert === field.value.trim();
}

/** Insert `text` at the cursor, as if it had been typed. */
export function insert(field, text) {
  field.focus();
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", (event) => {
  if (!event.target.matches(".composer textarea")) return;
  keepDraft(event.target);
  suggest(event.target);
});
document.addEventListener("keydown", (event) => {
  if (event.target.matches(".composer textarea")) onKey(event);
});
document.addEventListener("mousedown", (event) => {
  const line = event.target.closest(".completions [role=option]");
  if (!line) return;
  event.preventDefault();
  accept(line.closest(".composer").querySelector("textarea"), line);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches(".composer")) return;
  event.preventDefault();
  send(event.target);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest(".composer [data-insert]");
  if (button?.matches("button")) insert(button.closest(".composer").querySelector("textarea"), button.dataset.insert);
});
document.addEventListener("change", async (event) => {
  if (!event.target.matches(".composer input[type=file]")) return;
  const { channel, thread } = event.target.closest(".composer").dataset;
  await upload(channel, event.target.files, thread);
  event.target.value = "";
});
