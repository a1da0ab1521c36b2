// The page: everything that is wired up once.
import { runClock } from "./clock.js";
import { learnCompletions } from "./composer.js";
import { perform, me } from "./server.js";
import { askFor, askWhether } from "./questions.js";
import { listen } from "./live.js";
import { closeMenus } from "./menus.js";
import { arrive, go, refreshScreen } from "./navigation.js";
import { closePane, openPane } from "./pane.js";
import "./elements.js";
import "./reactions.js";
import "./rows.js";

const root = document.documentElement;

function switchTheme() {
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
}

async function reset() {
  const text = "Every channel, message and file that was made here goes away. What the bot remembers stays with the bot.";
  if (await askWhether("Empty the workspace?", text, "Reset")) perform("reset");
}

async function createChannel() {
  const answer = await askFor("Create a channel", { label: "name, e.g. telephony", check: "Private: only people who are invited see it" });
  if (!answer?.text) return;
  const created = await perform("create-channel", { name: answer.text, private: answer.checked });
  if (created) go(created.go);
}

const inChannel = (element) => ({ channel: element.closest("[data-channel]").dataset.channel });

const ON_CLICK = {
  "#theme": switchTheme,
  "#inspect": () => openPane("inspector", {}, { roomy: true }),
  "#reset": reset,
  "#new-channel": createChannel,
  "#back": () => document.body.classList.add("listing"),
  "#join": (button) => perform("join", inChannel(button)),
  "#leave": (button) => perform("leave", inChannel(button)),
  ".top [data-shortcut]": (item) => {
    closeMenus();
    perform("shortcut", { callback_id: item.dataset.shortcut });
  },
  "[data-pane]": (button) => openPane(button.dataset.pane, inChannel(button)),
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    go(link.href);
    return;
  }
  for (const [selector, react] of Object.entries(ON_CLICK)) {
    const hit = event.target.closest(selector);
    if (hit) react(hit);
  }
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".invite")) return;
  event.preventDefault();
  perform("invite", { ...inChannel(event.target), person: new FormData(event.target).get("person") });
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog:open, :popover-open")) closePane();
});

addEventListener("popstate", refreshScreen);

if (!document.querySelector("#main .messages, #main .home")) document.body.classList.add("listing");
arrive(new URLSearchParams(location.search).get("at"));
runClock();
listen();
await learnCompletions();
root.dataset.ready = me.name;
