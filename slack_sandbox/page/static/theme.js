// Before the first paint: set the theme last chosen in this browser.
"use strict";
const chosenTheme = localStorage.getItem("theme");
if (chosenTheme) document.documentElement.dataset.theme = chosenTheme;
