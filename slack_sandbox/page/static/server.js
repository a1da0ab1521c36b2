// Requests to the sandbox as the person of this window.
import { whenReleased } from "./presses.js";

const root = document.documentElement;
export const me = { name: root.dataset.as, id: root.dataset.user };

const address = (path, params = {}) => `${path}?${new URLSearchParams({ ...params, as: me.name })}`;

/** The HTML of a part of the screen, or null if it no longer exists. */
export async function part(name, params) {
  const answer = await fetch(address(`/part/${name}`, params));
  const drawn = answer.status === 200 ? await answer.text() : null;
  await whenReleased();
  return drawn;
}

const asked = new Map();

/** Like `part`, but undefined if it was requested again meanwhile, because answers may overtake each other. */
export async function newestPart(name, params) {
  const mine = Symbol(name);
  asked.set(name, mine);
  const drawn = await part(name, params);
  return asked.get(name) === mine ? drawn : undefined;
}

export const completions = async () => (await fetch(address("/completions"))).json();

export async function screen(href) {
  const url = new URL(href, location.href);
  url.searchParams.set("as", me.name);
  url.searchParams.set("main", "1");
  const answer = await fetch(url);
  const html = await answer.text();
  await whenReleased();
  return { html, place: new URL(answer.url).pathname };
}

/** Perform an action; a refusal is shown to the person, and null returned. */
export async function perform(name, body = {}) {
  const answer = await fetch(address(`/do/${name}`), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const outcome = await answer.json();
  if (!outcome.error) return outcome;
  tell(outcome.error);
  return null;
}

/** Upload files as a message in a channel; without a channel, for a form, whose fields take the returned ids. */
export async function upload(channel, files, thread = "") {
  const form = new FormData();
  form.set("channel", channel);
  form.set("thread", thread);
  for (const file of files) form.append("file", file);
  const answer = await fetch(address("/attach"), { method: "POST", body: form });
  return (await answer.json()).files ?? [];
}

export const changes = () => new EventSource(address("/live"));

let hiding;
export function tell(sentence) {
  const toast = document.getElementById("toast");
  toast.textContent = sentence;
  toast.classList.add("shown");
  clearTimeout(hiding);
  hiding = setTimeout(() => toast.classList.remove("shown"), 4000);
}
