// Runs the browser's own decoders away from the page's thread: takes a file, answers
// with the RGBA pixels of its central square at working size, or with null.
const canvas = new OffscreenCanvas(1, 1);
const context = canvas.getContext("2d", { willReadFrequently: true });

self.onmessage = async ({ data: [request, file, side, background] }) => {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const square = Math.min(bitmap.width, bitmap.height);
    canvas.width = canvas.height = side;
    context.imageSmoothingQuality = "high";
    context.fillStyle = `rgb(${background} ${background} ${background})`;
    context.fillRect(0, 0, side, side);
    context.drawImage(bitmap, (bitmap.width - square) / 2, (bitmap.height - square) / 2, square, square, 0, 0, side, side);
    bitmap.close();
    const pixels = context.getImageData(0, 0, side, side).data;
    self.postMessage([request, pixels], [pixels.buffer]);
  } catch {
    self.postMessage([request, null]);
  }
};
