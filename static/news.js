// After a deploy a page that is open is an old one: its reader is told when coming back to it.

import { translated } from "./say.js";

/** No more often than this, in milliseconds, is the host asked. */
const APART = 60_000;

/** Whether the site has another page by now than the one that names this file. */
export async function isOld(file) {
  const page = await fetch(location.href, { cache: "no-store" });
  return page.ok && !(await page.text()).includes(file);
}

/** Says once that there is a new version. What is open is kept over the reload. */
function announce() {
  const make = (name, properties) => Object.assign(document.createElement(name), properties);
  const news = make("section", { className: "news", ariaLabel: translated("News") });
  const close = () => news.remove();
  news.append(
    make("p", { textContent: translated("There is a new version of Raftarium.") }),
    make("button", { className: "bordered", textContent: translated("Reload"), onclick: () => location.reload() }),
    make("button", { className: "plain", textContent: translated("Later"), onclick: close }),
  );
  news.setAttribute("role", "status");
  document.body.append(news);
}

/** Looks whenever the reader comes back to this page, until there is a new version. */
export function watch(file) {
  let asked = -APART;
  const look = async () => {
    if (document.hidden || performance.now() - asked < APART) return;
    asked = performance.now();
    if (await isOld(file).catch(() => false)) {
      document.removeEventListener("visibilitychange", look);
      announce();
    }
  };
  document.addEventListener("visibilitychange", look);
}
