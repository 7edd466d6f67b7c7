/**
 * Puts a sentence where the page is, or is to be, when something went wrong that the program itself cannot tell. A worker
 * tells it to its page.
 */
export function say(sentence) {
  if (!globalThis.document) return postMessage(sentence);
  const place = document.querySelector("#boot, body > .fault") ?? document.body.appendChild(document.createElement("p"));
  place.classList.add("fault");
  place.setAttribute("role", "alert");
  place.textContent = sentence;
}
