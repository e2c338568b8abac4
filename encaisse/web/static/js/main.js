// Each behaviour is a module that binds itself by data-* attributes.
import "./pops.js";
import "./toasts.js";
import "./dialogs.js";
import "./finder.js";
import "./lists.js";
import "./selection.js";
import "./sections.js";
