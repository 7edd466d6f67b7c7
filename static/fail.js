// The page after a panic: what happened, and the link that shows it again. The program is not asked any more: it cannot
// answer.

import { translated } from "./say.js";

/** Makes an element with these properties and children. */
function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/**
 * Takes the place of the page. `message` says what failed and where, for whoever mends it; `run` is the address of the
 * run that was open, or empty.
 */
export function fail(message, run) {
  if (globalThis.raftariumFailed) return;
  globalThis.raftariumFailed = true;
  if (!globalThis.document) return postMessage("The work stopped because of a mistake in Raftarium.");

  // Whatever still listens would only fail again.
  const stop = (event) => event.stopImmediatePropagation();
  for (const type of ["keydown", "hashchange", "pagehide", "visibilitychange", "popstate"]) addEventListener(type, stop, true);

  const again = () => {
    if (run) history.replaceState(null, "", run);
    location.reload();
  };
  const link = run && new URL(run, location.href).href;
  const say = (text) => make("p", { textContent: translated(text) });
  const facts = make("pre", { textContent: `${message}\n${link || location.href}`, tabIndex: 0 });
  facts.setAttribute("aria-label", translated("The report"));
  const page = make(
    "main",
    { className: "failed" },
    make("h1", { textContent: translated("Raftarium has stopped") }),
    say("A mistake in Raftarium stopped this page. It is not your fault, and your run is not lost."),
    make("button", { className: "primary", textContent: translated(run ? "Open this run again" : "Start again"), onclick: again }),
    ...(link ? [say("This link reproduces the mistake:"), make("a", { href: link, textContent: link, onclick: () => setTimeout(() => location.reload()) })] : []),
    say("If it happens again, please report it with these lines:"),
    facts,
  );
  document.body.replaceChildren(page);
  document.title = translated("Raftarium has stopped");
  page.querySelector("button").focus();
}
