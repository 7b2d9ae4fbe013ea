// Applies the stored theme before the first paint.
try {
  document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "auto";
} catch {
  // Without storage, the page follows the system's theme.
}
