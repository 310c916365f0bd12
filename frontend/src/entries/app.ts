// What every page loads. Each island finds its own elements, in the page and in whatever htmx brings later.

import htmx from "htmx.org";
import "../tabler.js";
import "../islands/requests.ts";
import "../islands/check_all.ts";
import "../islands/commands.ts";
import "../islands/dialog.ts";
import "../islands/favicon.ts";
import "../islands/live.ts";
import "../islands/menus.ts";
import "../islands/palette.ts";
import "../islands/presses.ts";
import "../islands/refusals.ts";
import "../islands/search.ts";
import "../islands/tabs.ts";
import "../islands/times.ts";
import "../islands/toasts.ts";
import "../islands/upload.ts";
import "../islands/zone.ts";

// At once: htmx would do it in a turn of its own, and a press or a key that comes before that would be lost.
htmx.initialize();
