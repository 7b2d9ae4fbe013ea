// Applies the kept theme before the first paint.
try {
  document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "auto";
} catch {
  // Without storage the page looks as the system has it.
}
