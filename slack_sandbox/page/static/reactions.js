// Choosing an emoji: for a reaction, or for the text being written.
import { perform } from "./server.js";
import { insert, knownCompletions } from "./composer.js";
import { closeMenus, openMenu } from "./menus.js";

const SHOWN = 48;
const menu = document.getElementById("menu");

async function pick(anchor, choose) {
  const { ":": all, quick } = await knownCompletions();
  const box = document.createElement("div");
  box.className = "picker";
  const search = Object.assign(document.createElement("input"), { type: "search", placeholder: "Search emoji" });
  search.setAttribute("aria-label", "Search emoji");
  const list = document.createElement("span");
  const named = all.map((entry) => ({ name: entry.insert.slice(1, -1), character: entry.shown.split(" ")[0] }));
  const show = () => {
    const words = search.value.toLowerCase();
    const found = words ? named.filter((entry) => entry.name.includes(words)) : [...quick, ...named];
    list.replaceChildren(...found.slice(0, SHOWN).map((entry) => choice(entry, choose)));
  };
  search.addEventListener("input", show);
  search.addEventListener("keydown", (event) => event.key === "Enter" && list.querySelector("button")?.click());
  show();
  box.append(search, list);
  menu.replaceChildren(box);
  openMenu(menu, anchor);
}

function choice(entry, choose) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: entry.character });
  button.setAttribute("aria-label", entry.name);
  button.title = `:${entry.name}:`;
  button.addEventListener("click", () => {
    closeMenus();
    choose(entry.name);
  });
  return button;
}

document.addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  const known = event.target.closest("[data-react]");
  const react = (name) => perform("react", { channel: row.dataset.channel, ts: row.dataset.ts, name });
  if (known) return react(known.dataset.react);
  const adding = event.target.closest("[data-reactions]");
  if (adding) return pick(adding, react);
  const writing = event.target.closest("[data-emoji]");
  if (writing) {
    const field = writing.closest(".composer").querySelector("textarea");
    pick(writing, (name) => insert(field, `:${name}: `));
  }
});
