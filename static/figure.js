// Saves a figure as a PNG at twice its size. A button with `data-png` saves the nearest enclosing
// element with `data-figure`, which contains the file's name. The figure is saved as displayed,
// without its controls: a copy with all styles inlined is drawn into an SVG, and that onto a canvas.
const SCALE = 2;
// Margin around it, in CSS pixels.
const MARGIN = 12;
// A legend stays, though its entries are buttons.
const CONTROLS = "button:not([data-legend]), input, fieldset, [data-control]";

document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("[data-png]");
  const figure = button?.closest("[data-figure]");
  if (!figure) return;
  try {
    download(await picture(figure), `likeness-${figure.dataset.figure}.png`);
  } catch {
    tell("This browser could not save the figure as a picture.");
  }
});

// Shows a message for a while, and announces it to screen readers.
function tell(sentence) {
  const notice = document.createElement("div");
  notice.className = "told";
  notice.setAttribute("role", "status");
  document.body.append(notice);
  notice.textContent = sentence;
  setTimeout(() => notice.remove(), 8_000);
}

async function picture(figure) {
  const rect = figure.getBoundingClientRect();
  const [width, height] = [rect.width, rect.height].map(side => side + 2 * MARGIN);
  // A figure that can be drawn at higher resolution is redrawn before its canvas is read.
  for (const canvas of figure.querySelectorAll("canvas")) {
    canvas.dispatchEvent(new CustomEvent("finer", { detail: SCALE }));
  }
  const copy = spelledOut(figure);
  copy.style.setProperty("margin", `${MARGIN}px`);
  const body = new XMLSerializer().serializeToString(copy);
  // Without the font, the picture has the system's.
  const address = await font().catch(() => undefined);
  const style = address
    ? `<style>@font-face { font-family: Inter; font-weight: 400 700; src: url("${address}"); }</style>` : "";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width * SCALE}" height="${height * SCALE}" `
    + `viewBox="0 0 ${width} ${height}">${style}<foreignObject width="100%" height="100%">${body}</foreignObject></svg>`;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * SCALE);
  canvas.height = Math.round(height * SCALE);
  const context = canvas.getContext("2d");
  context.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, failed) => canvas.toBlob(blob => (blob ? done(blob) : failed())));
}

// Returns the page's font as a data address, since a picture may refer to nothing outside.
async function font() {
  const answer = await fetch(document.querySelector("link[as=font]").href);
  if (!answer.ok) throw new Error(answer.statusText);
  const file = await answer.blob();
  const reader = new FileReader();
  return new Promise((done, failed) => {
    reader.onload = () => done(reader.result);
    reader.onerror = failed;
    reader.readAsDataURL(file);
  });
}

// Returns a copy that needs no style sheet; canvases become pictures, controls leave blank space.
function spelledOut(element, within = false) {
  const isCanvas = element instanceof HTMLCanvasElement;
  const copy = isCanvas ? document.createElement("img") : element.cloneNode(false);
  if (isCanvas) copy.src = element.toDataURL();
  const style = getComputedStyle(element);
  for (const property of style) copy.style.setProperty(property, style.getPropertyValue(property));
  const hidden = within || element.matches(CONTROLS);
  if (hidden) copy.style.setProperty("visibility", "hidden");
  for (const child of element.childNodes) {
    if (child.nodeType === Node.ELEMENT_NODE) copy.append(spelledOut(child, hidden));
    else if (child.nodeType === Node.TEXT_NODE) copy.append(child.cloneNode());
  }
  return copy;
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
