// Actions on a message: reply, pin, edit, delete, copy its link, use the app's shortcuts.
import { perform, me, part, tell } from "./server.js";
import { askWhether } from "./questions.js";
import { closeMenus, openMenu } from "./menus.js";
import { refreshRow } from "./messages.js";
import { openPane } from "./pane.js";

const menu = document.getElementById("menu");
let chosen = null;

async function openMessageMenu(row, anchor) {
  chosen = row;
  const drawn = await part("message-menu", { channel: row.dataset.channel, ts: row.dataset.ts });
  if (drawn === null) return;
  menu.innerHTML = drawn;
  openMenu(menu, anchor);
}

async function copyLink({ channel, ts }) {
  const link = `${location.origin}/channel/${channel}?at=${ts}&as=${me.name}`;
  await navigator.clipboard.writeText(link);
  tell("The link is copied.");
}

async function edit(row) {
  const { channel, ts } = row.dataset;
  const drawn = await part("edit", { channel, ts });
  if (drawn === null) return;
  row.querySelector(".body").innerHTML = drawn;
  const field = row.querySelector("textarea");
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

// Arrow up in an empty composer edits the person's last message.
document.addEventListener("editlast", () => {
  const own = [...document.querySelectorAll("#messages .row[data-for-reader]:not(.ephemeral, .note)")].at(-1);
  if (own) edit(own);
});

async function remove({ channel, ts }) {
  if (await askWhether("Delete message", "Delete this message for everyone? This cannot be undone.", "Delete")) {
    await perform("delete", { channel, ts });
  }
}

const CHOICES = {
  copyLink: (row) => copyLink(row.dataset),
  pin: (row) => perform("pin", { channel: row.dataset.channel, ts: row.dataset.ts }),
  edit,
  delete: (row) => remove(row.dataset),
  shortcut: (row, item) =>
    perform("shortcut", { callback_id: item.dataset.shortcut, channel: row.dataset.channel, ts: row.dataset.ts }),
};

menu.addEventListener("click", (event) => {
  const item = event.target.closest("[role=menuitem]");
  const choice = item && Object.keys(CHOICES).find((name) => name in item.dataset);
  if (!choice) return;
  closeMenus();
  CHOICES[choice](chosen, item);
});

document.addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  if (!row) return;
  const more = event.target.closest("[data-message-menu]");
  if (more) openMessageMenu(row, more);
  const thread = event.target.closest("[data-thread]");
  if (thread && !thread.matches(".messages")) openPane("thread", { channel: row.dataset.channel, ts: thread.dataset.thread });
  const file = event.target.closest("[data-file]");
  if (file) event.preventDefault();
  if (file) openPane("file", { file: file.dataset.file }, { roomy: true });
  if (event.target.closest(".editing [data-cancel]")) refreshRow(row.dataset.ts);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".editing")) return;
  event.preventDefault();
  save(event.target.closest(".row"));
});

document.addEventListener("keydown", (event) => {
  if (!event.target.matches(".editing textarea")) return;
  if (event.key === "Escape") refreshRow(event.target.closest(".row").dataset.ts);
  if (event.key !== "Enter" || event.shiftKey) return;
  event.preventDefault();
  save(event.target.closest(".row"));
});

async function save(row) {
  const { channel, ts } = row.dataset;
  await perform("edit", { channel, ts, text: row.querySelector("textarea").value });
  refreshRow(ts);
}
