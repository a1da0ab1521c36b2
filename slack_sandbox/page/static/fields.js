// The fields and controls of a form: their values, and what is shown beside them.

/** Make the controls under `root` show their state: chips of multi-selects, remaining characters. */
export function showControls(root) {
  for (const multi of root.querySelectorAll(".multi")) showChips(multi);
  for (const field of root.querySelectorAll("[maxlength]")) showRemaining(field);
}

export function valuesOf(control) {
  if (control.matches("input[type=file]")) return (control.dataset.uploaded ?? "").split(" ").filter(Boolean);
  if (control.matches("input, textarea, select")) return [control.value];
  return [...control.querySelectorAll("input:checked")].map((input) => input.value);
}

/** The values in the fields of the open modal. */
export function fields() {
  return [...document.querySelectorAll("#modal .block.input [data-action]")].map((control) => ({
    block: control.dataset.block,
    action: control.dataset.action,
    kind: control.dataset.kind,
    values: valuesOf(control),
  }));
}

/** Show the choices of a multi-select beside it. */
export function showChips(multi) {
  const chips = multi.querySelector(".chips");
  const labels = [...multi.querySelectorAll("input:checked")].map((input) => input.nextElementSibling);
  chips.replaceChildren(
    ...labels.map((label) => {
      const chip = document.createElement("span");
      chip.textContent = label.firstChild.textContent.trim();
      return chip;
    }),
  );
}

/** Show how many characters a field still takes, once they become few. */
export function showRemaining(field) {
  const left = Number(field.maxLength) - field.value.length;
  let note = field.parentElement.querySelector(".remaining");
  if (left > field.maxLength * 0.2 && left > 20) return note?.remove();
  note ??= field.insertAdjacentElement("afterend", Object.assign(document.createElement("span"), { className: "remaining" }));
  note.textContent = left;
  return note;
}
