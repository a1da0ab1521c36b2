// The demo of *Show me*: its caption, its buttons, and following it from place to place.
import { newestPart, perform } from "./server.js";
import { current, go } from "./navigation.js";

const box = document.getElementById("demo");
let isFollowing = true;
let dismissed = sessionStorage.getItem("demo") === "dismissed";

function show(drawn) {
  box.innerHTML = drawn ?? "";
  const follow = box.querySelector("#follow");
  if (follow) follow.checked = isFollowing;
  box.hidden = dismissed || !box.firstElementChild;
}

export async function refreshDemo({ place } = {}) {
  if (place) dismissed = false;
  const drawn = await newestPart("demo");
  if (drawn !== undefined) show(drawn);
  if (place && isFollowing && place !== current()) go(`/channel/${place}`);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-demo]");
  if (!button) return;
  if (button.dataset.demo === "dismiss") {
    dismissed = true;
    sessionStorage.setItem("demo", "dismissed");
    box.hidden = true;
    if (!box.querySelector(".offer")) perform("demo", { order: "forget" });
    return;
  }
  dismissed = false;
  perform("demo", { order: button.dataset.demo });
});

box.addEventListener("change", (event) => {
  isFollowing = event.target.checked;
});

show(box.innerHTML);
