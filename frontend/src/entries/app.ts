import "../tabler.js";
import "htmx.org";

