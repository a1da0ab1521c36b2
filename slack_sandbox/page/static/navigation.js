// Navigating between screens without leaving the page.
import { me, newestPart, screen } from "./server.js";
import { takeUpDraft } from "./composer.js";
import { showMessages } from "./messages.js";
import { showControls } from "./fields.js";
import { closePane } from "./pane.js";

const main = document.getElementById("main");
const sidebar = document.getElementById("sidebar");

let visit = 0;

const idOf = (path) => path.split("/").pop();
export const current = () => document.documentElement.dataset.current;

export async function go(href, { remember = true } = {}) {
  const mine = ++visit;
  const url = new URL(href, location.href);
  const at = url.searchParams.get("at");
  // Set before the screen arrives: a change in the meantime belongs to the new screen.
  document.documentElement.dataset.current = idOf(url.pathname);
  if (remember) history.pushState(null, "", `${url.pathname}?as=${me.name}${at ? `&at=${at}` : ""}`);
  const { html, place } = await screen(href);
  if (mine !== visit) return;
  document.documentElement.dataset.current = idOf(place);
  main.innerHTML = html;
  document.body.classList.remove("listing");
  if (remember) closePane();
  arrive(at);
  await refreshSidebar();
}

/** Set up a newly rendered screen: scroll to where reading continues, and focus the composer. */
export function arrive(at) {
  showControls(main);
  showMessages(at);
  const writing = main.querySelector(".composer textarea");
  if (writing) takeUpDraft(writing);
  if (writing && matchMedia("(hover: hover)").matches) writing.focus();
  const heading = main.querySelector("h1");
  if (heading) document.title = `${heading.textContent.trim()} · ${me.name} · Sandbox`;
}

export async function refreshSidebar() {
  const drawn = await newestPart("sidebar", { current: current() });
  if (drawn !== undefined) sidebar.innerHTML = drawn ?? "";
}

export async function refreshHeading() {
  const heading = document.querySelector("#heading[data-channel]");
  if (!heading) return;
  const standing = () => heading.querySelector("[data-standing]").dataset.standing;
  const before = standing();
  const drawn = await newestPart("heading", { channel: heading.dataset.channel });
  if (drawn === undefined) return undefined;
  if (drawn === null) return refreshScreen();
  heading.innerHTML = drawn;
  // Members may write; people who left, or readers of an archived channel, may not.
  return standing() === before ? undefined : refreshScreen();
}

export async function refreshScreen() {
  await go(location.href, { remember: false });
}
