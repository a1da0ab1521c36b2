// The story of *Show me*: its caption, its buttons, and following it from place to place.
import { deed, part } from "./server.js";
import { current, go } from "./navigation.js";

const box = document.getElementById("story");
let isFollowing = true;
let dismissed = sessionStorage.getItem("story") === "dismissed";

function show(drawn) {
  box.innerHTML = drawn ?? "";
  const follow = box.querySelector("#follow");
  if (follow) follow.checked = isFollowing;
  box.hidden = dismissed || !box.firstElementChild;
}

export async function refreshStory({ place } = {}) {
  if (place) dismissed = false;
  show(await part("story"));
  if (place && isFollowing && place !== current()) go(`/channel/${place}`);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-story]");
  if (!button) return;
  if (button.dataset.story === "dismiss") {
    dismissed = true;
    sessionStorage.setItem("story", "dismissed");
    box.hidden = true;
    if (!box.querySelector(".offer")) deed("story", { order: "forget" });
    return;
  }
  dismissed = false;
  deed("story", { order: button.dataset.story });
});

box.addEventListener("change", (event) => {
  isFollowing = event.target.checked;
});

show(box.innerHTML);
