// Menus that open beside the clicked element and can be navigated with the arrow keys.
const MARGIN = 8;

/** Show `popover` beside `anchor`, within the window. */
export function openMenu(popover, anchor) {
  popover.showPopover();
  if (anchor.matches(".field")) popover.style.minWidth = `${anchor.offsetWidth}px`;
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const below = at.bottom + 4 + height < innerHeight;
  popover.style.top = `${Math.max(MARGIN, below ? at.bottom + 4 : at.top - height - 4)}px`;
  popover.style.left = `${Math.max(MARGIN, Math.min(at.left, innerWidth - width - MARGIN))}px`;
  popover.querySelector("[role=menuitem], input, button")?.focus();
}

export function closeMenus() {
  for (const open of document.querySelectorAll(":popover-open")) open.hidePopover();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-menu]");
  if (!opener) return;
  const popover = opener.parentElement.querySelector(":scope > .popover");
  if (popover.matches(":popover-open")) popover.hidePopover();
  else openMenu(popover, opener);
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(":popover-open");
  if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const items = [...menu.querySelectorAll("[role=menuitem], input")];
  const step = event.key === "ArrowDown" ? 1 : -1;
  items.at((items.indexOf(document.activeElement) + step + items.length) % items.length)?.focus();
  event.preventDefault();
});
