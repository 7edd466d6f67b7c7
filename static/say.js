// What is said before the program runs, or when it does not run: in the language of the reader.

/** The words in Chinese; the program has its own (`src/lessons/zh/page.txt`). */
const CHINESE = {
  // The still that stands where the page will be.
  "Learn": "学习",
  "Play": "演练",
  "Your Raft": "你的 Raft",
  "Click the leader.": "点击领导者。",
  "Five servers keep copies of one log, a list of writes. It survives when one dies. The one with the crown leads: it copies every write of the client to the followers.":
    "五台服务器保存同一份日志（写入的列表）的副本。死掉一台，日志还在。戴王冠的那台是领导者：客户端的每次写入，都由它复制给跟随者。",
  "Starting five servers…": "正在启动五台服务器……",
  // Why the page does not start.
  "There is a new version of Raftarium. Reload the page.": "Raftarium 有新版本。请重新加载页面。",
  "A part of the page did not arrive. Check the connection, then reload.": "页面的一部分没有收到。请检查网络连接，然后重新加载。",
  "Raftarium needs WebAssembly, which this browser lacks or has switched off. Any current browser will do.":
    "Raftarium 需要 WebAssembly，此浏览器没有或已关闭它。任何较新的浏览器都可以。",
  "Raftarium could not start here. Reload, or try a current browser.": "Raftarium 无法在这里启动。请重新加载，或换用较新的浏览器。",
  // A new version.
  "News": "消息",
  "There is a new version of Raftarium.": "Raftarium 有新版本。",
  "Reload": "重新加载",
  "Later": "以后",
  // The page after a panic.
  "Raftarium has stopped": "Raftarium 已停止",
  "A mistake in Raftarium stopped this page. It is not your fault, and your run is not lost.":
    "Raftarium 中的一个错误使本页停止。这不是你的错，你的运行也没有丢失。",
  "Open this run again": "重新打开这次运行",
  "Start again": "重新开始",
  "This link reproduces the mistake:": "这个链接能重现该错误：",
  "If it happens again, please report it with these lines:": "如果再次发生，请附上以下内容报告：",
  "The report": "报告",
};

/** Whether the reader wants Chinese: as the address says, or else as was chosen before (`src/ui/language.rs`). */
function isChinese() {
  if (!globalThis.document) return false;
  try {
    return (new URLSearchParams(location.search).get("lang") ?? localStorage.getItem("raftarium.language")) === "zh";
  } catch {
    // A frame without storage has chosen nothing.
    return false;
  }
}

const words = isChinese() ? CHINESE : {};

/** This sentence in the reader's language. */
export const translated = (sentence) => words[sentence] ?? sentence;

/** Translates the still of the page. */
export function translateStill() {
  if (words !== CHINESE) return;
  document.documentElement.lang = "zh";
  for (const place of document.querySelectorAll("#app .rooms a, #app .guide h1, #app .guide p")) {
    place.textContent = translated(place.textContent);
  }
}

/**
 * Puts a sentence where the page is, or is to be, when something went wrong that the program itself cannot tell. A worker
 * tells it to its page.
 */
export function say(sentence) {
  if (!globalThis.document) return postMessage(sentence);
  const place = document.querySelector("#boot, body > .fault") ?? document.body.appendChild(document.createElement("p"));
  place.classList.add("fault");
  place.setAttribute("role", "alert");
  place.textContent = translated(sentence);
}
