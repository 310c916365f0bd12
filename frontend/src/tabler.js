// The parts of Bootstrap's script that our pages use; importing each puts its data-bs-… attributes to work.
import "@tabler/core/js/src/bootstrap/collapse.ts";
import "@tabler/core/js/src/bootstrap/dropdown.ts";
import "@tabler/core/js/src/bootstrap/modal.ts";
import "@tabler/core/js/src/bootstrap/offcanvas.ts";
