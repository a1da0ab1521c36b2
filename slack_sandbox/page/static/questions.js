// Questions in a small dialog: confirmations of the app, and those of the page.
const small = document.getElementById("confirm");

/** Show a template's content as a question; true if the person confirms. */
export function ask(template) {
  small.replaceChildren(template.content.cloneNode(true));
  return answered().then((answer) => answer === "confirm");
}

/** Ask for a line of text; returns its value and the ticked boxes, or null. */
export async function askFor(title, { label, check } = {}) {
  const form = document.createElement("div");
  form.innerHTML = `<h2></h2><input type="text" autocomplete="off"><label class="check" hidden><input type="checkbox"><span></span></label>
    <div class="buttons"><button type="button" class="button" value="deny">Cancel</button><button type="button" class="button primary" value="confirm">OK</button></div>`;
  form.querySelector("h2").textContent = title;
  const [line, box] = form.querySelectorAll("input");
  line.setAttribute("aria-label", label ?? title);
  line.placeholder = label ?? "";
  form.querySelector("label").hidden = !check;
  form.querySelector("label span").textContent = check ?? "";
  small.replaceChildren(form);
  return (await answered()) === "confirm" ? { text: line.value.trim(), checked: box.checked } : null;
}

/** Ask for confirmation of something that cannot be undone. */
export function askWhether(title, text, yes, style = "danger") {
  const template = document.createElement("template");
  template.innerHTML = `<h2></h2><p></p><div class="buttons"><button type="button" class="button" value="deny">Cancel</button><button type="button" class="button" value="confirm"></button></div>`;
  template.content.querySelector("h2").textContent = title;
  template.content.querySelector("p").textContent = text;
  const button = template.content.querySelector("[value=confirm]");
  button.textContent = yes;
  button.classList.add(style);
  return ask(template);
}

function answered() {
  small.returnValue = "";
  small.showModal();
  small.querySelector("input[type=text], .primary, [value=confirm]")?.focus();
  return new Promise((resolve) => small.addEventListener("close", () => resolve(small.returnValue), { once: true }));
}

small.addEventListener("click", (event) => {
  const button = event.target.closest("button[value]");
  if (button) small.close(button.value);
});
small.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input")) return;
  // Otherwise the same key would press whatever has the focus once the dialog is closed.
  event.preventDefault();
  small.close("confirm");
});
