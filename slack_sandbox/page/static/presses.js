// A click needs the button to go down and up over the same element, so nothing is replaced in between.
let released = Promise.resolve();
let release = () => {};

addEventListener("pointerdown", () => (released = new Promise((resolve) => (release = resolve))), true);
// The click event follows the release of the button. Another window may get the release.
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(release), true);
addEventListener("blur", () => release());

/** Wait until no button is pressed. */
export const whenReleased = () => released;
