// Going from screen to screen without leaving the page.
import { me, newestPart, screen } from "./server.js";
import { takeUpDraft } from "./composer.js";
import { showMessages } from "./messages.js";
import { showControls } from "./elements.js";
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
  // Known before the screen is there: a change that comes meanwhile belongs to where one is going.
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

/** After a screen was drawn: scroll where one wants to read on, and start writing. */
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
  // Who joined may write now, who left or reads an archive may not.
  return standing() === before ? undefined : refreshScreen();
}

export async function refreshScreen() {
  await go(location.href, { remember: false });
}
