// Runs the browser's own decoders outside the page's thread: receives a file, and answers with the
// RGBA pixels of its central square at working size and the sides of the whole, or with null. A browser
// that lacks features used here answers with null, too: the page's own decoders read what they can.

// Large pictures are decoded one after another: together they might not fit into memory.
let turn = Promise.resolve();

self.onmessage = ({ data: { large, ...request } }) => {
  if (large) {
    turn = turn.then(() => answer(request));
  } else {
    answer(request);
  }
};

async function answer({ number, file, side, background }) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const { width, height } = bitmap;
    const square = Math.min(width, height);
    const context = new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    context.fillStyle = `rgb(${background} ${background} ${background})`;
    context.fillRect(0, 0, side, side);
    context.drawImage(bitmap, (width - square) / 2, (height - square) / 2, square, square, 0, 0, side, side);
    bitmap.close();
    const pixels = context.getImageData(0, 0, side, side).data;
    self.postMessage([number, pixels, width, height], [pixels.buffer]);
  } catch {
    self.postMessage([number, null]);
  }
}
