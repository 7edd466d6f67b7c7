// The theme that the reader chose on an earlier visit holds before the first picture.
try {
  const theme = localStorage.getItem("raftarium.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing shows the system's theme; a worker shows nothing.
}
