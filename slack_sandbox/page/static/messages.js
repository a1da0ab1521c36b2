// The message list: new and changed rows, older pages, read marks.
import { perform, part } from "./server.js";
import { showControls } from "./fields.js";

const NEAR_END = 120;
const log = () => document.getElementById("messages");
const rowOf = (ts) => document.getElementById(`m-${ts}`);
let waiting = new Set();
let fetching = null;

/** Scroll a newly rendered screen to the message `at`, to the first unread one, or to the end. */
export function showMessages(at) {
  const list = log();
  if (!list) return;
  const wanted = at ? rowOf(at) : list.querySelector(".new");
  if (at && wanted) {
    wanted.scrollIntoView({ block: "center" });
    wanted.classList.add("flash");
  } else {
    list.scrollTop = list.scrollHeight;
    if (wanted && wanted.getBoundingClientRect().top < list.getBoundingClientRect().top) wanted.scrollIntoView();
  }
  watchForOlder(list);
  markRead();
}

export function isInView(channel) {
  return log()?.dataset.channel === channel;
}

/** Render the row anew; rows that change during a request are fetched together. */
export function refreshRow(ts) {
  waiting.add(ts);
  fetching ??= Promise.resolve().then(fetchRows).finally(() => {
    fetching = null;
    if (waiting.size) refreshRow([...waiting][0]);
  });
  return fetching;
}

async function fetchRows() {
  const list = log();
  const wanted = waiting;
  waiting = new Set();
  if (!list) return;
  const drawn = await part("rows", { channel: list.dataset.channel, ts: [...wanted].join(",") });
  if (drawn === null || list !== log()) return;
  const rows = show(list, drawn);
  for (const ts of wanted) if (!rows.some((row) => row.dataset.ts === ts)) rowOf(ts)?.remove();
}

/** Fetch what arrived between the rendering of the screen and the first change that was received. */
export async function catchUp() {
  const list = log();
  if (!list) return;
  const after = [...list.querySelectorAll(":scope > .row")].at(-1)?.dataset.ts ?? "0";
  const drawn = await part("newer", { channel: list.dataset.channel, after });
  if (drawn !== null && list === log()) show(list, drawn);
}

function show(list, drawn) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END;
  const fresh = new DOMParser().parseFromString(drawn, "text/html");
  const rows = [...fresh.querySelectorAll(".row")];
  // The reader's own message, or an ephemeral one, justifies scrolling away from the current place.
  const isAnswer = rows.some((row) => "forReader" in row.dataset && !rowOf(row.dataset.ts));
  for (const row of rows) place(list, row);
  showControls(list);
  if (atEnd || isAnswer) list.scrollTop = list.scrollHeight;
  markRead();
  return rows;
}

function place(list, row) {
  const old = rowOf(row.dataset.ts);
  if (old) {
    const focused = old.contains(document.activeElement) && document.activeElement.dataset?.action;
    old.replaceWith(row);
    if (focused) row.querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus();
    return;
  }
  const later = [...list.querySelectorAll(":scope > .row")].reverse();
  const before = later.find((other) => other.dataset.ts < row.dataset.ts);
  const first = list.querySelector(":scope > .row");
  if (before) before.after(row);
  else if (!list.querySelector("#older") || !first) list.append(row);
}

export function removeRow(ts) {
  const row = rowOf(ts);
  if (!row) return refreshParents();
  const next = row.nextElementSibling;
  row.remove();
  // The message below the removed row may now begin a group or a day.
  if (next?.dataset.ts) refreshRow(next.dataset.ts);
  return undefined;
}

/** Refresh all parents: that of a removed reply is no longer known. */
function refreshParents() {
  for (const replies of log()?.querySelectorAll(".replies") ?? []) refreshRow(replies.closest(".row").dataset.ts);
}

export function markRead() {
  const list = log();
  const last = list && [...list.querySelectorAll(":scope > .row")].at(-1);
  if (last && document.visibilityState === "visible") {
    perform("read", { channel: list.dataset.channel, ts: last.dataset.ts });
  }
}

let watcher = null;
function watchForOlder(list) {
  watcher?.disconnect();
  watcher = new IntersectionObserver(([seen]) => seen.isIntersecting && loadOlder(list), { root: list, rootMargin: "400px" });
  const mark = list.querySelector("#older");
  if (mark) watcher.observe(mark);
}

async function loadOlder(list) {
  const mark = list.querySelector("#older");
  const first = list.querySelector(":scope > .row");
  if (!mark || !first) return;
  watcher.disconnect();
  const drawn = await part("older", { channel: list.dataset.channel, before: first.dataset.ts });
  if (drawn === null || list !== log()) return;
  const height = list.scrollHeight;
  const { scrollTop } = list;
  mark.outerHTML = drawn;
  list.scrollTop = scrollTop + list.scrollHeight - height;
  showControls(list);
  watchForOlder(list);
}

document.addEventListener("visibilitychange", markRead);
