// Runs the browser's own decoders outside the page's thread: receives a file, and answers with the
// RGBA pixels of its central square at working size, those of the whole stretched to it unless it is about
// square, and the sides of the whole, or with null. A browser
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

async function answer({ number, file, side, squareness, background }) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const { width, height } = bitmap;
    const square = Math.min(width, height);
    const context = new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    context.fillStyle = `rgb(${background} ${background} ${background})`;
    const draw = (left, top, across, down) => {
      context.fillRect(0, 0, side, side);
      context.drawImage(bitmap, left, top, across, down, 0, 0, side, side);
      return context.getImageData(0, 0, side, side).data;
    };
    const pixels = draw((width - square) / 2, (height - square) / 2, square, square);
    const isSquare = Math.max(width, height) <= squareness * square;
    const whole = isSquare ? null : draw(0, 0, width, height);
    bitmap.close();
    self.postMessage([number, pixels, whole, width, height], [pixels.buffer, ...(whole ? [whole.buffer] : [])]);
  } catch {
    self.postMessage([number, null]);
  }
}
