// The menu of a job, <ul data-job-menu="12">, is filled from <template id="job-menu"> as it opens; there JOB stands for the id.

document.addEventListener("show.bs.dropdown", ({ target }) => {
  const menu = target instanceof Element ? target.parentElement?.querySelector<HTMLElement>("[data-job-menu]") : null;
  const template = document.querySelector<HTMLTemplateElement>("template#job-menu");
  if (!menu || !template || menu.childElementCount) return;
  menu.append(template.content.cloneNode(true));
  for (const link of menu.querySelectorAll("a")) {
    link.setAttribute("href", link.getAttribute("href")!.replace("JOB", menu.dataset.jobMenu!));
  }
});
