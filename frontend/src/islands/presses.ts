// Run and stop ([data-deed]) change at the press and stay so ([data-pressed]) until the server has answered, whatever news are
// drawn over them meanwhile. The class that htmx gives to what it asks for would be taken away by them.

import htmx from "htmx.org";
import { addHtmxListener } from "./requests.ts";

htmx.config.morphIgnore.push("data-pressed");

addHtmxListener("htmx:before:request", ({ ctx }) => {
  const deed = ctx?.sourceElement.getAttribute("data-deed");
  if (deed) ctx?.sourceElement.setAttribute("data-pressed", deed);
});

addHtmxListener("htmx:finally:request", ({ ctx }) => ctx?.sourceElement.removeAttribute("data-pressed"));
