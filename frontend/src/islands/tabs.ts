// Where there is no room for all tabs, they scroll sideways; the one that is shown is there to be seen.

for (const tab of document.querySelectorAll<HTMLElement>(".job-tab[aria-current]")) {
  const tabs = tab.parentElement!;
  tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
}
