// The story of *Show me*: its caption, its buttons, and following it from place to place.
import { deed, part } from "./server.js";
import { current, go } from "./navigation.js";

const box = document.getElementById("story");
let dismissed = sessionStorage.getItem("story") === "dismissed";

function show(drawn) {
  const following = box.querySelector("#follow")?.checked ?? true;
  box.innerHTML = drawn ?? "";
  const follow = box.querySelector("#follow");
  if (follow) follow.checked = following;
  box.hidden = dismissed || !box.firstElementChild;
}

export async function refreshStory({ place } = {}) {
  if (place) dismissed = false;
  show(await part("story"));
  const follow = box.querySelector("#follow");
  if (place && follow?.checked && place !== current()) go(`/channel/${place}`);
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

show(box.innerHTML);
