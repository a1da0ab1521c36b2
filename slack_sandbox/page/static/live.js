// Live changes of the workspace in this window.
import { learnCompletions } from "./composer.js";
import { refreshModal } from "./modal.js";
import { catchUp, isInView, refreshRow, removeRow } from "./messages.js";
import { current, go, refreshHeading, refreshSidebar } from "./navigation.js";
import { isShown, refreshPane } from "./pane.js";
import { refreshClock } from "./clock.js";
import { refreshDemo } from "./demo.js";
import { changes, me } from "./server.js";

/** Run `task` once, shortly after the last of many calls. */
function soon(task, wait) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(task, wait);
  };
}

const sidebarSoon = soon(refreshSidebar, 60);
const headingSoon = soon(refreshHeading, 60);
const inspectorSoon = soon(() => {
  // Not while an entry is open for reading: it would close.
  if (!document.querySelector(".inspector details[open]")) refreshPane("inspector");
}, 300);

function inChannel({ channel, ts, parent }) {
  if (isInView(channel)) for (const row of [ts, parent]) if (row) refreshRow(row);
  if (isShown("thread")) refreshPane("thread", { onlyFor: channel });
  if (isShown("pins")) refreshPane("pins", { onlyFor: channel });
}

function screenOf(change) {
  learnCompletions();
  sidebarSoon();
  if (change.channel !== current()) return;
  if (isShown("members")) refreshPane("members");
  headingSoon();
}

const ON = {
  message(change) {
    inChannel(change);
    sidebarSoon();
  },
  ephemeral: inChannel,
  message_changed(change) {
    inChannel(change);
    if (isInView(change.channel)) headingSoon();
  },
  message_deleted(change) {
    if (isInView(change.channel)) removeRow(change.ts);
    if (isShown("thread")) refreshPane("thread", { onlyFor: change.channel });
    sidebarSoon();
  },
  channel: screenOf,
  members: screenOf,
  bookmarks: headingSoon,
  view() {
    refreshModal();
    if (current() === "home") go(`/home?quietly=1`, { remember: false });
  },
  read: sidebarSoon,
  clock: refreshClock,
  demo: refreshDemo,
  reset: () => location.assign(`/?as=${me.name}`),
};

export function listen() {
  let lost = false;
  const stream = changes();
  stream.addEventListener("message", (event) => {
    const change = JSON.parse(event.data);
    ON[change.kind]?.(change);
    if (isShown("inspector")) inspectorSoon();
  });
  stream.addEventListener("error", () => (lost = true));
  stream.addEventListener("open", () => {
    if (lost) return location.reload();
    catchUp();
    refreshModal();
    return sidebarSoon();
  });
  addEventListener("pagehide", () => stream.close());
}
