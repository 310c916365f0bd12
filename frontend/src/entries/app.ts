// What every page loads. Each island finds its own elements, in the page and in whatever htmx brings later.

import "../tabler.js";
import "../islands/requests.ts";
import "../islands/check_all.ts";
import "../islands/commands.ts";
import "../islands/dialog.ts";
import "../islands/favicon.ts";
import "../islands/live.ts";
import "../islands/menus.ts";
import "../islands/palette.ts";
import "../islands/refusals.ts";
import "../islands/search.ts";
import "../islands/tabs.ts";
import "../islands/times.ts";
import "../islands/toasts.ts";
import "../islands/upload.ts";
import "../islands/zone.ts";
